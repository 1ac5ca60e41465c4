namespace MLVision.Reports.Figures;

/// <summary>How far a measured accuracy may be from that on all images of the same kind.</summary>
internal static class AccuracyError
{
    private const double Normal95 = 1.96;
    private const double RuleOfThree = 3;

    /// <summary>Half the width of the 95 % interval: 1.96·√(p(1 − p)/n).</summary>
    public static double HalfWidth(double accuracy, int images) =>
        images == 0 ? 0 : Normal95 * Math.Sqrt(accuracy * (1 - accuracy) / images);

    /// <summary>The largest share of errors, or of right answers, that n images without one leave possible with 95 %: 3/n.</summary>
    /// <remarks>Source: Hanley and Lippman-Hand 1983, "If nothing goes wrong, is everything all right?", JAMA 249.</remarks>
    public static double OfNone(int images) => images == 0 ? 1 : Math.Min(1, RuleOfThree / images);
}
