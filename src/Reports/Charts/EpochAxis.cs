using MLVision.Reports.Contents;

namespace MLVision.Reports.Charts;

/// <summary>The phases of a training side by side, each with a scale of its own: one may have a hundred epochs, the next five.</summary>
internal sealed class EpochAxis
{
    private const double LeastShare = 0.3;
    private const double Gap = 14;

    /// <summary>Lays the phases out between two places of a drawing.</summary>
    public EpochAxis(IReadOnlyList<LearningCurvePoint> points, double start, double end)
    {
        var phases = InPhases(points);
        var total = (double)points.Count;
        var weights = phases.Select(phase => Math.Max(phase.Count / total, phases.Count > 1 ? LeastShare : 1)).ToList();
        var (room, left) = (end - start - (Gap * (phases.Count - 1)), start);
        foreach (var (phase, weight) in phases.Zip(weights))
        {
            var width = room * weight / weights.Sum();
            Phases.Add(new EpochPhase(phase, left, left + width));
            left += width + Gap;
        }
    }

    /// <summary>The phases from left to right.</summary>
    public List<EpochPhase> Phases { get; } = [];

    private static List<List<LearningCurvePoint>> InPhases(IReadOnlyList<LearningCurvePoint> points)
    {
        var phases = new List<List<LearningCurvePoint>>();
        foreach (var point in points)
        {
            if (phases is [.., var last] && last[0].Phase == point.Phase && point.Epoch > last[^1].Epoch)
            {
                last.Add(point);
            }
            else
            {
                phases.Add([point]);
            }
        }

        return phases;
    }
}
