using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.Data;
using SkiaSharp;

namespace MLNetExtensions;

/// <summary>Reads an encoded image of any size into a model's square of pixels: bytes [size, size, 3], RGB.</summary>
/// <remarks>
/// JPEG, PNG, BMP, WebP and GIF, of which the first frame counts; grey, palette, 16-bit and CMYK images become RGB, and transparent
/// ones are laid on black, as ML.NET's chain does. The content decides, not the file's name. An image that cannot be read is no
/// exception but a reason in words, because among a million images some are always bad. Safe for any number of threads at once;
/// buffers come from the shared pool, so that reading allocates a few hundred bytes an image.
/// </remarks>
/// <param name="imageSize">Width and height in pixels of the square; at least 1.</param>
/// <param name="mode">Exactly ML.NET's pixels, or fast ones.</param>
/// <param name="maxPixels">Width times height of the largest image that is decoded.</param>
internal sealed class ImageReader(int imageSize, PixelMode mode, long maxPixels = ImageFile.MaxPixels)
{
    private const int FirstStreamBuffer = 256 << 10;
    private const string TooLong = "the file is larger than 2 GB.";

    /// <summary>Width and height in pixels.</summary>
    public int ImageSize { get; } = imageSize;

    /// <summary>How images become pixels.</summary>
    public PixelMode Mode { get; } = mode;

    /// <summary>Length in bytes of what an image becomes.</summary>
    public int PixelBytes => ImageSize * ImageSize * Rgb.Channels;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pixels">Where the pixels go, <see cref="PixelBytes"/> long; undefined where the image cannot be read.</param>
    /// <param name="reason">Why the image cannot be read; a sentence without its subject, as in <see cref="SkippedImage"/>.</param>
    public bool TryRead(string path, Span<byte> pixels, [NotNullWhen(false)] out string? reason)
    {
        CheckLength(pixels);
        try
        {
            using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
            var length = RandomAccess.GetLength(file);
            if (length > Array.MaxLength)
            {
                reason = TooLong;
                return false;
            }

            using var encoded = new ScratchBytes((int)length);
            var read = 0;
            while (read < encoded.Span.Length && RandomAccess.Read(file, encoded.Span[read..], read) is > 0 and var count)
            {
                read += count;
            }

            return TryDecode(encoded.Address, read, pixels, out reason);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            reason = ImageFile.WhyMissing(path) ?? e.Message;
            return false;
        }
    }

    /// <summary>Reads an encoded image in memory.</summary>
    /// <inheritdoc cref="TryRead(string, Span{byte}, out string?)"/>
    public unsafe bool TryRead(ReadOnlyMemory<byte> encoded, Span<byte> pixels, [NotNullWhen(false)] out string? reason)
    {
        CheckLength(pixels);
        using var pin = encoded.Pin();
        return TryDecode((nint)pin.Pointer, encoded.Length, pixels, out reason);
    }

    /// <summary>Reads an encoded image from where a stream stands to its end.</summary>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <inheritdoc cref="TryRead(string, Span{byte}, out string?)"/>
    public bool TryRead(Stream encoded, Span<byte> pixels, [NotNullWhen(false)] out string? reason)
    {
        CheckLength(pixels);
        var capacity = encoded.CanSeek ? Math.Clamp(encoded.Length - encoded.Position + 1, 1, Array.MaxLength) : FirstStreamBuffer;
        return TryReadToEnd(encoded, default, (int)capacity, pixels, out reason);
    }

    /// <summary>Takes an image that is decoded already.</summary>
    /// <inheritdoc cref="TryRead(string, Span{byte}, out string?)"/>
    public unsafe void Read(MLImage image, Span<byte> pixels)
    {
        CheckLength(pixels);
        fixed (byte* source = image.Pixels)
        {
            var color = image.PixelFormat == MLPixelFormat.Rgba32 ? SKColorType.Rgba8888 : SKColorType.Bgra8888;
            var info = new SKImageInfo(image.Width, image.Height, color, SKAlphaType.Premul);
            if (Mode == PixelMode.Exact)
            {
                StockResize.Draw(info, (nint)source, ImageSize, pixels);
            }
            else
            {
                FastDecoding.Draw(info, (nint)source, ImageSize, pixels);
            }
        }
    }

    /// <summary>Takes a buffer, copies what is read already into it, reads on, and where it is too small calls itself with a larger one.</summary>
    private bool TryReadToEnd(Stream encoded, ReadOnlySpan<byte> begin, int capacity, Span<byte> pixels, [NotNullWhen(false)] out string? reason)
    {
        using var buffer = new ScratchBytes(capacity);
        begin.CopyTo(buffer.Span);
        var length = begin.Length;
        while (length < capacity && encoded.Read(buffer.Span[length..]) is > 0 and var count)
        {
            length += count;
        }

        if (length < capacity)
        {
            return TryDecode(buffer.Address, length, pixels, out reason);
        }

        if (capacity == Array.MaxLength)
        {
            reason = TooLong;
            return false;
        }

        return TryReadToEnd(encoded, buffer.Span, (int)Math.Min(2L * capacity, Array.MaxLength), pixels, out reason);
    }

    private bool TryDecode(nint encoded, int length, Span<byte> pixels, [NotNullWhen(false)] out string? reason)
    {
        if (length == 0)
        {
            reason = "the file is empty.";
            return false;
        }

        using var data = SKData.Create(encoded, length);
        using var codec = SKCodec.Create(data);
        reason = codec is null ? ImageFile.NoImage
            : ImageFile.WhyTooLarge(codec, maxPixels)
            ?? (Mode == PixelMode.Exact ? ExactDecoding.Decode(codec, ImageSize, pixels) : FastDecoding.Decode(codec, ImageSize, pixels));
        return reason is null;
    }

    private void CheckLength(Span<byte> pixels)
    {
        if (pixels.Length != PixelBytes)
        {
            throw new ArgumentException($"The pixels take {PixelBytes} bytes ({ImageSize}×{ImageSize}×3) but have {pixels.Length}.", nameof(pixels));
        }
    }
}
