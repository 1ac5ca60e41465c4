using System.Collections.Concurrent;

namespace MLVision.MLNetExtensions.Scoring.Sessions;

/// <summary>The lanes of a session: as many as batches may be scored at once, made when first needed, used again and again.</summary>
/// <param name="session">The session.</param>
/// <param name="count">Lanes at most.</param>
/// <param name="capacity">Images a lane takes at once.</param>
internal sealed class ScoringLanes(ClassifierSession session, int count, int capacity) : IDisposable
{
    private readonly SemaphoreSlim _free = new(count, count);
    private readonly ConcurrentBag<ScoringLane> _idle = [];

    /// <summary>Waits for a lane.</summary>
    public ScoringLane Take(CancellationToken cancellationToken)
    {
        _free.Wait(cancellationToken);
        return TakeFree();
    }

    /// <summary>Waits for a lane without holding a thread.</summary>
    public async ValueTask<ScoringLane> TakeAsync(CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
        return TakeFree();
    }

    /// <summary>Gives a lane back.</summary>
    public void Return(ScoringLane lane)
    {
        _idle.Add(lane);
        _free.Release();
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

    private ScoringLane TakeFree()
    {
        try
        {
            return _idle.TryTake(out var lane) ? lane : new ScoringLane(session, capacity);
        }
        catch
        {
            _free.Release();
            throw;
        }
    }
}
