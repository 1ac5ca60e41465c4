namespace MLVision.Cli.Output.Live;

/// <summary>A row of numbers as a row of bars, eight heights high.</summary>
internal static class Sparkline
{
    private const string Bars = "▁▂▃▄▅▆▇█";

    /// <summary>The last numbers, the smallest of them lowest; where all are the same, all are lowest.</summary>
    /// <param name="numbers">The numbers; one that is not finite is as high as the highest.</param>
    /// <param name="width">How many are shown at most.</param>
    public static string Of(IEnumerable<double> numbers, int width)
    {
        var shown = numbers.TakeLast(width).ToList();
        var (lowest, highest) = (
            shown.Where(double.IsFinite).DefaultIfEmpty(0).Min(), shown.Where(double.IsFinite).DefaultIfEmpty(0).Max());
        return string.Concat(shown.Select(number => Bars[Height(number)]));

        int Height(double number) => !double.IsFinite(number) ? Bars.Length - 1
            : highest == lowest ? 0
            : (int)Math.Round((number - lowest) / (highest - lowest) * (Bars.Length - 1));
    }
}
