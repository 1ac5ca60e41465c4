using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace MLVision.MLNetExtensions.Scoring.Sessions;

/// <summary>The one way through a session: as many lanes as batches may be scored at once, made when first needed and used again.</summary>
/// <remarks>
/// Whoever scores hands a batch to <see cref="Run"/> with two steps: one fills the lane with the pixels of the images that can be read, the
/// other takes the scores. Waiting, the session's run, measuring and giving the lane back are done here. Both steps are static functions of
/// the batch, so that none is allocated for a call.
/// </remarks>
/// <param name="session">The session.</param>
/// <param name="metrics">Hears of every image and every run.</param>
/// <param name="count">Lanes at most.</param>
/// <param name="capacity">Images a lane takes at once.</param>
internal sealed class ScoringLanes(ClassifierSession session, ScoringMetrics metrics, int count, int capacity) : IDisposable
{
    private readonly SemaphoreSlim _free = new(count, count);
    private readonly ConcurrentBag<ScoringLane> _idle = [];

    /// <summary>Scores a batch on the caller's thread, after having waited for a lane.</summary>
    /// <param name="batch">What the two steps work on.</param>
    /// <param name="fill">Adds the batch's images to the lane, <see cref="ScoringLane.Capacity"/> of them at most.</param>
    /// <param name="take">Takes the scores of the images that were read; there may be none.</param>
    /// <param name="cancellationToken">Ends the wait, and the batch before its next image or its run.</param>
    /// <exception cref="ImageClassificationException">ONNX Runtime gave up, for example because the device lacks memory.</exception>
    /// <exception cref="OperationCanceledException">The call is cancelled.</exception>
    public void Run<TBatch>(
        TBatch batch, Action<TBatch, ScoringLane> fill, Action<TBatch, ScoringLane> take, CancellationToken cancellationToken)
        where TBatch : allows ref struct
    {
        _free.Wait(cancellationToken);
        var lane = TakeFree(cancellationToken);
        try
        {
            fill(batch, lane);
            lane.Run();
            take(batch, lane);
        }
        finally
        {
            Return(lane);
        }
    }

    /// <summary>Scores a batch on the thread pool, after having waited for a lane without holding a thread.</summary>
    /// <inheritdoc cref="Run"/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask RunAsync<TBatch>(
        TBatch batch, Action<TBatch, ScoringLane> fill, Action<TBatch, ScoringLane> take, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
        var lane = TakeFree(cancellationToken);
        try
        {
            // The steps compute, which must not hold the thread that asks.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            fill(batch, lane);
            lane.Run();
            take(batch, lane);
        }
        finally
        {
            Return(lane);
        }
    }

    /// <summary>Releases the lanes, all of which have been given back.</summary>
    public void Dispose()
    {
        while (_idle.TryTake(out var lane))
        {
            lane.Dispose();
        }

        _free.Dispose();
    }

    private ScoringLane TakeFree(CancellationToken cancellationToken)
    {
        try
        {
            var lane = _idle.TryTake(out var idle) ? idle : new ScoringLane(session, metrics, capacity);
            lane.Clear(cancellationToken);
            return lane;
        }
        catch
        {
            _free.Release();
            throw;
        }
    }

    private void Return(ScoringLane lane)
    {
        lane.Clear(CancellationToken.None);
        _idle.Add(lane);
        _free.Release();
    }
}
