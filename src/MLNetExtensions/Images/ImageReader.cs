using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Images.Archives;
using MLVision.MLNetExtensions.Images.Decoding;
using MLVision.MLNetExtensions.Images.Resizing;
using SkiaSharp;

namespace MLVision.MLNetExtensions.Images;

/// <summary>Reads an encoded image of any size into the square of pixels that a model takes: bytes [size, size, 3], RGB.</summary>
/// <remarks>
/// Reads JPEG, PNG, BMP, WebP and the first frame of GIF. Grey, palette, 16-bit and CMYK images become RGB; transparent ones are drawn on
/// black, as ML.NET's chain does. The format is recognised by content, not by the file's name. An unreadable image gives a reason in words,
/// not an exception, because a million images always contain some bad ones; a truncated file is unreadable. A picture that is stored
/// rotated, as phones do, is turned upright as its EXIF orientation says, in both modes: the square is cut from the stored picture and then
/// turned. Thread-safe. Buffers come from the shared pool, so reading allocates a few hundred bytes per image.
/// A model's input <c>Pixels</c> consists of such squares: to run its ONNX file yourself, read images to the size in the file's metadata.
/// </remarks>
public sealed class ImageReader
{
    private const int LargestSize = 26_754;    // whose bytes can just be counted
    private const int FirstStreamBuffer = 256 << 10;
    private const string TooLong = "the file is larger than 2 GB.";

    private readonly long _maxPixels;
    private readonly bool _ignoresOrientation;
    private int _turnedImages;

    /// <summary>Sets up how images are read.</summary>
    /// <param name="imageSize">Width and height in pixels of the square; 1 to 26,754.</param>
    /// <param name="mode">Exactly ML.NET's pixels, or fast ones.</param>
    /// <param name="maxPixels">Width times height of the largest image that is decoded; at least 1.</param>
    /// <param name="ignoreOrientation">Whether pictures stay as they are stored.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public ImageReader(
        int imageSize, PixelMode mode = PixelMode.Exact, long maxPixels = ImageFile.MaxPixels, bool ignoreOrientation = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(imageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(imageSize, LargestSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPixels, 1);
        (ImageSize, Mode, _maxPixels, _ignoresOrientation) = (imageSize, mode, maxPixels, ignoreOrientation);
    }

    /// <summary>Width and height in pixels.</summary>
    public int ImageSize { get; }

    /// <summary>How images are converted to pixels.</summary>
    public PixelMode Mode { get; }

    /// <summary>Whether pictures stay as they are stored.</summary>
    internal bool IgnoresOrientation => _ignoresOrientation;

    /// <summary>Width times height of the largest image that is decoded.</summary>
    internal long MaxPixels => Math.Min(_maxPixels, ImageFile.MostPixels);

    /// <summary>Length in bytes of one image's pixels.</summary>
    public int PixelBytes => ImageSize * ImageSize * Rgb.Channels;

    /// <summary>Number of images turned so far.</summary>
    public int TurnedImages => Volatile.Read(ref _turnedImages);

    /// <summary>Reads a file, or an image inside a <c>.zip</c>: <c>photographs.zip/roses/1.jpg</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pixels">Receives the pixels, <see cref="PixelBytes"/> long; undefined if the image cannot be read.</param>
    /// <param name="reason">Why the image cannot be read; a sentence without its subject, as in <see cref="SkippedImage"/>.</param>
    /// <exception cref="ArgumentException">The room for the pixels is of another length.</exception>
    public bool TryRead(string path, Span<byte> pixels, [NotNullWhen(false)] out string? reason)
    {
        ArgumentNullException.ThrowIfNull(path);
        CheckLength(pixels);
        reason = ReadFile(path, pixels, out _);
        return reason is null;
    }

    /// <summary>Checks a file that ML.NET's transforms will decode: they also accept some broken files, and never turn a picture.</summary>
    /// <param name="path">The file.</param>
    /// <param name="origin">How the picture is stored; pass it to <see cref="Turn"/>.</param>
    /// <param name="reason">Why the image cannot be read, as far as that shows without decoding.</param>
    internal bool TryLookAt(string path, out SKEncodedOrigin origin, [NotNullWhen(false)] out string? reason)
    {
        reason = ReadFile(path, default, out origin);
        return reason is null;
    }

    /// <summary>Turns the pixels of a stored picture upright, unless orientation is ignored.</summary>
    internal void Turn(Span<byte> pixels, SKEncodedOrigin origin)
    {
        CheckLength(pixels);
        if (origin == SKEncodedOrigin.TopLeft || _ignoresOrientation)
        {
            return;
        }

        using var stored = new ScratchBytes(pixels.Length);
        pixels.CopyTo(stored.Span);
        ImageOrientation.Turn(stored.Span, origin, ImageSize, pixels);
        Interlocked.Increment(ref _turnedImages);
    }

    /// <summary>Reads an encoded image in memory.</summary>
    /// <param name="encoded">The file's bytes.</param>
    /// <param name="pixels">Where the pixels go, <see cref="PixelBytes"/> long; undefined where the image cannot be read.</param>
    /// <param name="reason">Why the image cannot be read; a sentence without its subject.</param>
    /// <exception cref="ArgumentException">The room for the pixels is of another length.</exception>
    public unsafe bool TryRead(ReadOnlyMemory<byte> encoded, Span<byte> pixels, [NotNullWhen(false)] out string? reason)
    {
        CheckLength(pixels);
        using var pin = encoded.Pin();
        reason = Decode((nint)pin.Pointer, encoded.Length, pixels, out _);
        return reason is null;
    }

    /// <summary>Reads an encoded image from the current position of a stream to its end.</summary>
    /// <param name="encoded">The stream.</param>
    /// <param name="pixels">Where the pixels go, <see cref="PixelBytes"/> long; undefined where the image cannot be read.</param>
    /// <param name="reason">Why the image cannot be read; a sentence without its subject.</param>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="ArgumentException">The room for the pixels is of another length.</exception>
    public bool TryRead(Stream encoded, Span<byte> pixels, [NotNullWhen(false)] out string? reason)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        CheckLength(pixels);
        var capacity = encoded.CanSeek ? Math.Clamp(encoded.Length - encoded.Position + 1, 1, Array.MaxLength) : FirstStreamBuffer;
        return TryReadToEnd(encoded, default, (int)capacity, pixels, out reason);
    }

    /// <summary>Takes an image that is already decoded, as it is stored.</summary>
    /// <inheritdoc cref="TryRead(string, Span{byte}, out string?)"/>
    internal unsafe void Read(MLImage image, Span<byte> pixels)
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

        // The pixels are native memory that the image frees when it is collected.
        GC.KeepAlive(image);
    }

    private string? ReadFile(string path, Span<byte> pixels, out SKEncodedOrigin origin)
    {
        origin = SKEncodedOrigin.TopLeft;
        try
        {
            if (ImageArchives.Find(path) is var (archive, entry))
            {
                return Decode(ImageArchives.Read(archive, entry), pixels, out origin);
            }

            // To open a pipe would wait for a writer, and a device may never end.
            if (ImageArchives.WhyNotOpened(path) is { } reason)
            {
                return reason;
            }

            using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
            var length = RandomAccess.GetLength(file);
            if (length > Array.MaxLength)
            {
                return TooLong;
            }

            using var encoded = new ScratchBytes((int)length);
            var read = 0;
            while (read < encoded.Span.Length && RandomAccess.Read(file, encoded.Span[read..], read) is > 0 and var count)
            {
                read += count;
            }

            return Decode(encoded.Address, read, pixels, out origin);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return ImageFile.WhyMissing(path) ?? e.Message;
        }
    }

    /// <summary>Rents a buffer, copies the bytes read so far into it and reads on; calls itself with a larger buffer if needed.</summary>
    private bool TryReadToEnd(
        Stream encoded, ReadOnlySpan<byte> begin, int capacity, Span<byte> pixels, [NotNullWhen(false)] out string? reason)
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
            reason = Decode(buffer.Address, length, pixels, out _);
            return reason is null;
        }

        if (capacity == Array.MaxLength)
        {
            reason = TooLong;
            return false;
        }

        return TryReadToEnd(encoded, buffer.Span, (int)Math.Min(2L * capacity, Array.MaxLength), pixels, out reason);
    }

    private unsafe string? Decode(byte[] encoded, Span<byte> pixels, out SKEncodedOrigin origin)
    {
        fixed (byte* first = encoded)
        {
            return Decode((nint)first, encoded.Length, pixels, out origin);
        }
    }

    /// <summary>Decodes and turns.</summary>
    /// <param name="encoded">The first of the file's bytes; they must not move until this returns.</param>
    /// <param name="length">Number of bytes.</param>
    /// <param name="pixels">Receives the pixels; if empty, the file is only checked.</param>
    /// <param name="origin">How the picture is stored.</param>
    /// <returns>Why the image cannot be read, or null.</returns>
    private unsafe string? Decode(nint encoded, int length, Span<byte> pixels, out SKEncodedOrigin origin)
    {
        var bytes = new ReadOnlySpan<byte>((void*)encoded, length);
        using var data = SKData.Create(encoded, length);
        using var codec = length == 0 ? null : SKCodec.Create(data);
        origin = SKEncodedOrigin.TopLeft;
        if (ImageFile.WhyBroken(codec, bytes, _maxPixels) is { } broken)
        {
            return broken;
        }

        origin = ImageOrientation.Of(codec!, bytes);
        if (pixels.IsEmpty)
        {
            return null;
        }

        var reason = Mode == PixelMode.Exact
            ? ExactDecoding.Decode(codec!, ImageSize, pixels)
            : FastDecoding.Decode(codec!, ImageSize, pixels);
        if (reason is null)
        {
            Turn(pixels, origin);
        }

        return reason;
    }

    private void CheckLength(Span<byte> pixels)
    {
        if (pixels.Length != PixelBytes)
        {
            throw new ArgumentException(
                $"The pixels take {PixelBytes} bytes ({ImageSize}×{ImageSize}×3) but have {pixels.Length}.", nameof(pixels));
        }
    }
}
