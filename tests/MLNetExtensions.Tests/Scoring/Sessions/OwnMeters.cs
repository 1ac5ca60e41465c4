using System.Diagnostics.Metrics;

namespace MLNetExtensions.Tests.Scoring.Sessions;

/// <summary>Makes meters as a host does, one of each name, and keeps them.</summary>
internal sealed class OwnMeters : IMeterFactory
{
    public List<Meter> Made { get; } = [];

    public Meter Create(MeterOptions options)
    {
        if (Made.Find(meter => meter.Name == options.Name) is { } known)
        {
            return known;
        }

        options.Scope = this;
        Made.Add(new Meter(options));
        return Made[^1];
    }

    public void Dispose() => Made.ForEach(meter => meter.Dispose());
}
