using System.Buffers;

namespace MLVision.MLNetExtensions.Images;

/// <summary>A batch of images whose streams have been read into pooled memory, so scoring need not wait for a stream.</summary>
internal sealed class PooledStreams : IDisposable
{
    private const int FirstBuffer = 256 << 10;

    private readonly List<byte[]> _buffers = [];

    private PooledStreams(ImageSource[] images) => Images = images;

    /// <summary>The images. Streams are replaced by their bytes, or by the reason why they cannot be read.</summary>
    public ImageSource[] Images { get; private set; }

    /// <summary>Reads all streams to their ends, one after the other. The given images are not changed.</summary>
    public static async ValueTask<PooledStreams> ReadAsync(ImageSource[] images, CancellationToken cancellationToken)
    {
        var read = new PooledStreams(images);
        try
        {
            for (var i = 0; i < images.Length; i++)
            {
                if (images[i].Stream is { } stream)
                {
                    read.Images = ReferenceEquals(read.Images, images) ? [.. images] : read.Images;
                    read.Images[i] = await read.ReadAsync(stream, images[i].Name, cancellationToken).ConfigureAwait(false);
                }
            }

            return read;
        }
        catch
        {
            read.Dispose();
            throw;
        }
    }

    /// <summary>Returns the memory to the pool.</summary>
    public void Dispose()
    {
        _buffers.ForEach(buffer => ArrayPool<byte>.Shared.Return(buffer));
        _buffers.Clear();
    }

    private async ValueTask<ImageSource> ReadAsync(Stream stream, string? name, CancellationToken cancellationToken)
    {
        try
        {
            var capacity = stream.CanSeek ? Math.Clamp(stream.Length - stream.Position + 1, 1, Array.MaxLength) : FirstBuffer;
            var buffer = Rent((int)capacity);
            var length = 0;
            while (await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false) is > 0 and var count)
            {
                length += count;
                if (length == buffer.Length)
                {
                    var larger = Rent((int)Math.Min(2L * length, Array.MaxLength));
                    buffer.CopyTo(larger, 0);
                    buffer = larger;
                }
            }

            return ImageSource.FromBytes(buffer.AsMemory(0, length), name);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or OperationCanceledException))
        {
            return ImageSource.Unreadable($"its stream cannot be read: {e.Message}", name);
        }
    }

    private byte[] Rent(int length)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        _buffers.Add(buffer);
        return buffer;
    }
}
