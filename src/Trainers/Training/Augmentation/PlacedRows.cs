using System.Runtime.Intrinsics;

namespace MLVision.Trainers.Training.Augmentation;

/// <summary>Rows of a square image that is moved inside a frame, then flipped; the area that becomes free is black.</summary>
internal readonly ref struct PlacedRows
{
    private const int Channels = 3;
    private const int PixelsPerVector = 5;

    private static readonly Vector128<byte> Reversed = Vector128.Create((byte)13, 14, 15, 10, 11, 12, 7, 8, 9, 4, 5, 6, 1, 2, 3, 0);

    private readonly ReadOnlySpan<byte> _image;
    private readonly int _imageSize;
    private readonly int _left;
    private readonly int _top;
    private readonly int _size;
    private readonly bool _isMirrored;
    private readonly bool _isUpsideDown;

    /// <summary>Takes a frame of the given size from the image, moved and flipped as the variation says.</summary>
    /// <param name="image">Bytes [imageSize, imageSize, 3].</param>
    /// <param name="imageSize">Width and height of the image in pixels.</param>
    /// <param name="margin">Pixels from the image's left and upper edge to the frame, before the shift.</param>
    /// <param name="size">Width and height of the frame in pixels.</param>
    /// <param name="variation">Shift and flips.</param>
    public PlacedRows(ReadOnlySpan<byte> image, int imageSize, int margin, int size, ImageVariation variation)
    {
        _image = image;
        (_imageSize, _size) = (imageSize, size);
        (_left, _top) = (margin - variation.ShiftX, margin - variation.ShiftY);
        (_isMirrored, _isUpsideDown) = (variation.IsMirrored, variation.IsUpsideDown);
    }

    /// <summary>A row of the frame: bytes [size, 3], in place if they already lie there, otherwise in the buffer.</summary>
    public ReadOnlySpan<byte> Row(int y, Span<byte> buffer)
    {
        var imageY = _top + (_isUpsideDown ? _size - 1 - y : y);
        var (first, end) = (Math.Max(0, -_left), Math.Min(_size, _imageSize - _left));    // columns of the frame that the image covers
        if ((uint)imageY >= (uint)_imageSize || first >= end)
        {
            buffer.Clear();
            return buffer;
        }

        var inside = _image.Slice(((imageY * _imageSize) + _left + first) * Channels, (end - first) * Channels);
        if (!_isMirrored && inside.Length == buffer.Length)
        {
            return inside;
        }

        if (_isMirrored)
        {
            (first, end) = (_size - end, _size - first);
            Reverse(inside, buffer[(first * Channels)..(end * Channels)]);
        }
        else
        {
            inside.CopyTo(buffer[(first * Channels)..]);
        }

        buffer[..(first * Channels)].Clear();
        buffer[(end * Channels)..].Clear();
        return buffer;
    }

    /// <summary>Writes all rows: bytes [size, size, 3].</summary>
    public void CopyTo(Span<byte> target)
    {
        var length = _size * Channels;
        for (var y = 0; y < _size; y++)
        {
            var buffer = target.Slice(y * length, length);
            var row = Row(y, buffer);
            if (row != buffer)
            {
                row.CopyTo(buffer);
            }
        }
    }

    /// <summary>Copies pixels in reverse order: five at a time, plus a sixteenth byte that the next five overwrite.</summary>
    private static void Reverse(ReadOnlySpan<byte> pixels, Span<byte> target)
    {
        var (from, to) = (pixels.Length, 0);
        for (;
            from >= Vector128<byte>.Count && to + Vector128<byte>.Count <= target.Length;
            from -= PixelsPerVector * Channels, to += PixelsPerVector * Channels)
        {
            var five = Vector128.Create(pixels.Slice(from - Vector128<byte>.Count, Vector128<byte>.Count));
            Vector128.Shuffle(five, Reversed).CopyTo(target[to..]);
        }

        for (from -= Channels; from >= 0; from -= Channels, to += Channels)
        {
            pixels.Slice(from, Channels).CopyTo(target[to..]);
        }
    }
}
