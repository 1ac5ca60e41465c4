using System.Globalization;
using MLVision.Trainers.Training.Results;

namespace MLVision.Cli.Output;

/// <summary>Draws the smoothed loss over the logarithm of the rate with the dots of Braille letters, two by four to a letter.</summary>
internal static class TerminalPlot
{
    private const int Rows = 12;
    private const int MostColumns = 72;
    private const int LabelWidth = 8;
    private const char NoDots = '\u2800';

    /// <summary>Bits of a Braille letter's dots: by row, left and right. Source: Unicode, block Braille Patterns.</summary>
    private static readonly int[,] Dots = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

    /// <summary>Writes the plot; where the loss explodes, it is left out.</summary>
    public static void Write(TextWriter writer, LearningRateSweep sweep, int terminalWidth)
    {
        if (sweep.Steps.Count < 2)
        {
            return;
        }

        var columns = Math.Clamp(terminalWidth - LabelWidth - 2, 20, MostColumns);
        var (left, right) = (Math.Log(sweep.Steps[0].Rate), Math.Log(sweep.Steps[^1].Rate));
        var (highest, lowest) = (LossRange.Highest(sweep), LossRange.Lowest(sweep));
        var letters = new int[Rows, columns];
        for (var x = 0; x < columns * 2; x++)
        {
            var y = (highest - LossAt(sweep.Steps, left + ((right - left) * x / ((columns * 2) - 1)))) / Math.Max(
                highest - lowest, double.Epsilon);
            if (y >= 0)
            {
                var row = (int)Math.Round(y * ((Rows * 4) - 1));
                letters[row / 4, x / 2] |= Dots[row % 4, x % 2];
            }
        }

        for (var row = 0; row < Rows; row++)
        {
            var label = row is 0 ? Number(highest) : row is Rows - 1 ? Number(lowest) : "";
            var line = string.Concat(Enumerable.Range(0, columns).Select(column => (char)(NoDots + letters[row, column])));
            writer.WriteLine($"{label,LabelWidth} │{line.TrimEnd(NoDots)}");
        }

        writer.WriteLine($"{"",LabelWidth} └{new string('─', columns)}");
        WriteMarks(writer, sweep, columns, rate => (int)Math.Round((Math.Log(rate) - left) / (right - left) * (columns - 1)));
    }

    /// <summary>The first, the suggested and the last rate, under the axis.</summary>
    private static void WriteMarks(TextWriter writer, LearningRateSweep sweep, int columns, Func<double, int> column)
    {
        var marks = Enumerable.Repeat(' ', columns + LabelWidth).ToArray();
        Put(0, Rate(sweep.Steps[0].Rate));
        Put(columns - Rate(sweep.Steps[^1].Rate).Length, Rate(sweep.Steps[^1].Rate));
        if (sweep.Suggestion is { } suggestion)
        {
            Put(Math.Max(0, column(suggestion)), "↑ " + Rate(suggestion));
        }

        writer.WriteLine($"{"loss",LabelWidth}  {new string(marks).TrimEnd()}  learning rate");

        void Put(int at, string text) => text.CopyTo(marks.AsSpan(Math.Min(at, marks.Length - text.Length)));
    }

    /// <summary>The loss between two steps, in a straight line over the logarithm of the rate.</summary>
    private static double LossAt(IReadOnlyList<LearningRateStep> steps, double logarithm)
    {
        var next = 1;
        while (next < steps.Count - 1 && Math.Log(steps[next].Rate) < logarithm)
        {
            next++;
        }

        var (a, b) = (steps[next - 1], steps[next]);
        var share = (logarithm - Math.Log(a.Rate)) / (Math.Log(b.Rate) - Math.Log(a.Rate));
        return a.SmoothedLoss + (share * (b.SmoothedLoss - a.SmoothedLoss));
    }

    private static string Number(double loss) => loss.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Rate(double rate) => rate.ToString("0.0e-0", CultureInfo.InvariantCulture);
}
