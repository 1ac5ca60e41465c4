using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace MLVision.AspNetCore;

/// <summary>The body of a request up to a number of bytes, also where its length was not said before.</summary>
/// <param name="body">The body.</param>
/// <param name="maxBytes">How many bytes it may have.</param>
/// <param name="maxImageBytes">How many bytes an image may have, for the message.</param>
internal sealed class LimitedBody(Stream body, long maxBytes, long maxImageBytes) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The refusal of an image that has too many bytes.</summary>
    public static RefusedRequestException TooLong(long maxImageBytes) => new(
        StatusCodes.Status413PayloadTooLarge,
        string.Create(CultureInfo.InvariantCulture, $"The image has too many bytes; the limit is {maxImageBytes:#,0} bytes."));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        return (_read += count) <= maxBytes ? count : throw TooLong(maxImageBytes);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // A server forbids to hold a thread for a body.
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
