using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Scoring.Sessions;

/// <summary>The one way through a session: as many lanes as batches may be scored at once, made when first needed and used again.</summary>
/// <remarks>
/// Whoever scores hands a batch to <see cref="Run"/> with two steps: one fills the lane with the pixels of the images that can be read, the
/// other takes the scores. Waiting, the session's run, measuring and giving the lane back are done here. Both steps are static functions of
/// the batch, so that none is allocated for a call.
/// </remarks>
/// <param name="session">The session.</param>
/// <param name="metrics">Hears of every image and every run.</param>
/// <param name="plan">How many lanes there are at most, of how many images, and how they are filled and run.</param>
/// <param name="outputs">What is read beside scores.</param>
internal sealed class ScoringLanes(
    ClassifierSession session, ScoringMetrics metrics, LanePlan plan, ModelOutputs outputs = ModelOutputs.None) : IDisposable
{
    private readonly SemaphoreSlim _free = new(plan.Lanes, plan.Lanes);
    private readonly SemaphoreSlim? _running = plan.Runs < plan.Lanes ? new(plan.Runs, plan.Runs) : null;
    private readonly SemaphoreSlim? _reading = plan.Readers > 1 ? new(plan.Readers, plan.Readers) : null;
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
        using var trace = new BatchTrace(metrics.StartBatch());
        _free.Wait(cancellationToken);
        var lane = TakeFree(cancellationToken);
        try
        {
            trace.Reads();
            fill(batch, lane);
            _running?.Wait(cancellationToken);
            trace.Runs(lane);
            RunAndLeave(lane);
            take(batch, lane);
        }
        catch (Exception e) when (trace.Fails(e))
        {
            throw;
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
        using var trace = new BatchTrace(metrics.StartBatch());
        await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
        var lane = TakeFree(cancellationToken);
        try
        {
            // The steps compute, which must not hold the thread that asks.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            trace.Reads();
            fill(batch, lane);
            if (_running is not null)
            {
                await _running.WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            trace.Runs(lane);
            RunAndLeave(lane);
            take(batch, lane);
        }
        catch (Exception e) when (trace.Fails(e))
        {
            throw;
        }
        finally
        {
            Return(lane);
        }
    }

    /// <summary>Runs the model before the first batch comes, where that would have to wait for the device to get ready.</summary>
    /// <exception cref="ImageClassificationException">ONNX Runtime gave up, for example because the device lacks memory.</exception>
    public void WarmUp()
    {
        if (plan.PadsBatches)
        {
            var lane = new ScoringLane(session, metrics, plan, _reading, outputs);
            _idle.Add(lane);
            lane.WarmUp();
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
        _running?.Dispose();
        _reading?.Dispose();
    }

    private void RunAndLeave(ScoringLane lane)
    {
        try
        {
            lane.Run();
        }
        finally
        {
            _running?.Release();
        }
    }

    private ScoringLane TakeFree(CancellationToken cancellationToken)
    {
        try
        {
            var lane = _idle.TryTake(out var idle) ? idle : new ScoringLane(session, metrics, plan, _reading, outputs);
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
