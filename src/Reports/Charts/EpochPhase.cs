using MLVision.Reports.Contents;

namespace MLVision.Reports.Charts;

/// <summary>The epochs of one phase, and the part of a drawing that they have.</summary>
/// <param name="Points">The epochs.</param>
/// <param name="Left">Where the part begins.</param>
/// <param name="Right">Where it ends.</param>
internal sealed record EpochPhase(IReadOnlyList<LearningCurvePoint> Points, double Left, double Right)
{
    private const double Inset = 8;

    /// <summary>The first and the last epoch, which bear numbers; one of them where they are the same.</summary>
    public IEnumerable<LearningCurvePoint> Numbered => Points.Count == 1 ? Points : [Points[0], Points[^1]];

    /// <summary>Where an epoch lies.</summary>
    public double At(LearningCurvePoint point)
    {
        var (first, last) = (Points[0].Epoch, Points[^1].Epoch);
        return first == last
            ? (Left + Right) / 2
            : Left + Inset + ((double)(point.Epoch - first) / (last - first) * (Right - Left - (2 * Inset)));
    }
}
