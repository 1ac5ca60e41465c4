namespace MLNetExtensions.Tests;

/// <summary>A stream that holds its reader until it is let go, and says when it has one.</summary>
internal sealed class BlockingStream(byte[] content) : MemoryStream(content)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when someone reads.</summary>
    public Task Reached => _reached.Task;

    public void Release() => _released.TrySetResult();

    public override int Read(Span<byte> buffer)
    {
        _reached.TrySetResult();
        _released.Task.Wait();
        return base.Read(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _reached.TrySetResult();
        await _released.Task.WaitAsync(cancellationToken);
        return await base.ReadAsync(buffer, cancellationToken);
    }
}
