using MLVision.MLNetExtensions.Images.Archives;

namespace MLVision.MLNetExtensions.Images;

/// <summary>An encoded image to score: a file, bytes, or a stream. Strings, bytes and streams convert to it implicitly.</summary>
/// <remarks>A stream is read once, from its current position to its end, by the call that gets it. It is left open.</remarks>
public readonly struct ImageSource
{
    private readonly object? _content;
    private readonly ReadOnlyMemory<byte> _bytes;

    private ImageSource(object? content, ReadOnlyMemory<byte> bytes, string? name)
    {
        (_content, _bytes, Name) = (content, bytes, name);
    }

    /// <summary>The image's name in results and errors: a file's path, or a name that the caller chose; null for none.</summary>
    public string? Name { get; }

    /// <summary>The stream that holds the image, or null.</summary>
    internal Stream? Stream => _content as Stream;

    /// <summary>An image file, or an image inside a <c>.zip</c>: <c>photographs.zip/roses/1.jpg</c>.</summary>
    public static ImageSource FromFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new ImageSource(path, default, path);
    }

    /// <summary>An encoded image in memory, which must not change until it is scored.</summary>
    public static ImageSource FromBytes(ReadOnlyMemory<byte> encoded, string? name = null) => new(null, encoded, name);

    /// <summary>A stream that holds an encoded image.</summary>
    public static ImageSource FromStream(Stream encoded, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        return new ImageSource(encoded, default, name);
    }

    /// <summary>The encoded image, where it is in memory; otherwise empty.</summary>
    internal ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The same image in memory, to be read more than once; one that cannot be read stays as it is, or says why.</summary>
    internal ImageSource Load()
    {
        try
        {
            switch (_content)
            {
                case string path when ImageArchives.Exists(path):
                    return FromBytes(ImageArchives.ReadAllBytes(path), Name);

                case Stream stream:
                    var bytes = new MemoryStream();
                    stream.CopyTo(bytes);
                    return FromBytes(bytes.ToArray(), Name);

                default:
                    return this;
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return _content is string ? this : Unreadable($"its stream cannot be read: {e.Message}", Name);
        }
    }

    /// <summary>An image that is already known to be unreadable.</summary>
    internal static ImageSource Unreadable(string reason, string? name) => new(new KnownError(reason), default, name);

    /// <inheritdoc cref="FromFile"/>
    public static implicit operator ImageSource(string path) => FromFile(path);

    /// <inheritdoc cref="FromBytes"/>
    public static implicit operator ImageSource(byte[] encoded)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        return FromBytes(encoded);
    }

    /// <inheritdoc cref="FromBytes"/>
    public static implicit operator ImageSource(ReadOnlyMemory<byte> encoded) => FromBytes(encoded);

    /// <inheritdoc cref="FromStream"/>
    public static implicit operator ImageSource(Stream encoded) => FromStream(encoded);

    /// <summary>Reads the image into the model's pixels.</summary>
    /// <returns>Why the image cannot be read, or null if it was read.</returns>
    internal string? Read(ImageReader reader, Span<byte> pixels)
    {
        string? reason;
        switch (_content)
        {
            case string path:
                return reader.TryRead(path, pixels, out reason) ? null : reason;
            case Stream stream:
                try
                {
                    return reader.TryRead(stream, pixels, out reason) ? null : reason;
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    // The stream is the caller's and may throw anything. Only this image fails, not the others.
                    return $"its stream cannot be read: {e.Message}";
                }

            case KnownError error:
                return error.Reason;

            default:
                return reader.TryRead(_bytes, pixels, out reason) ? null : reason;
        }
    }

    private sealed record KnownError(string Reason);
}
