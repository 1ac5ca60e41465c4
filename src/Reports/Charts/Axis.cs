namespace MLVision.Reports.Charts;

/// <summary>A straight scale between a number and a place in a drawing, with ticks at round numbers.</summary>
/// <param name="From">The smallest number.</param>
/// <param name="To">The largest; above the smallest.</param>
/// <param name="Start">Where the smallest lies.</param>
/// <param name="End">Where the largest lies; before the start on an axis that points up.</param>
/// <param name="Step">From one tick to the next.</param>
internal sealed record Axis(double From, double To, double Start, double End, double Step)
{
    private static readonly double[] RoundSteps = [1, 2, 2.5, 5, 10];

    /// <summary>The numbers at which there are ticks, both ends among them.</summary>
    public IEnumerable<double> Ticks =>
        Enumerable.Range(0, (int)Math.Round((To - From) / Step) + 1).Select(tick => From + (tick * Step));

    /// <summary>A scale whose ends are ticks and which holds both numbers.</summary>
    /// <param name="lowest">The smallest number to show.</param>
    /// <param name="highest">The largest number to show.</param>
    /// <param name="start">Where the scale begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="ticks">About how many steps it has.</param>
    public static Axis Around(double lowest, double highest, double start, double end, int ticks = 5)
    {
        var span = Math.Max(highest - lowest, Math.Max(1e-6, Math.Abs(highest) * 1e-6));
        var rough = span / ticks;
        var magnitude = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = magnitude * RoundSteps.First(round => round * magnitude >= rough * 0.999);
        var from = Math.Floor((lowest / step) + 1e-9) * step;
        var to = Math.Max(Math.Ceiling((highest / step) - 1e-9) * step, from + step);
        return new Axis(from, to, start, end, step);
    }

    /// <summary>Where a number lies.</summary>
    public double At(double number) => Start + ((number - From) / (To - From) * (End - Start));
}
