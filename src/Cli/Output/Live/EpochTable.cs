using System.Globalization;
using MLVision.Trainers.Training.Results;
using Spectre.Console;

namespace MLVision.Cli.Output.Live;

/// <summary>A line for each epoch, in columns, headed anew in each phase; no line is wider than the terminal.</summary>
/// <remarks>Lines scroll away as they do in a log, so that there is no end to the epochs that fit.</remarks>
/// <param name="console">Where.</param>
internal sealed class EpochTable(IAnsiConsole console)
{
    private TrainingPhase? _phase;

    /// <summary>Writes the line of an epoch.</summary>
    /// <param name="epoch">What it brought.</param>
    /// <param name="epochs">Number of epochs of its phase.</param>
    /// <param name="elapsed">Time since the training began.</param>
    public void Write(EpochSummary epoch, int epochs, TimeSpan elapsed)
    {
        var columns = Columns(epoch, epochs, elapsed);
        if (_phase != epoch.Phase)
        {
            _phase = epoch.Phase;
            Write([], Style.Plain);
            Write(columns.Select(column => (column.Above, column.Width)), new Style(decoration: Decoration.Bold));
            Write(columns.Select(column => (column.Name, column.Width)), new Style(decoration: Decoration.Bold));
        }

        Write(columns.Select(column => (column.Value, column.Width)), Style.Plain);
    }

    private void Write(IEnumerable<(string Text, int Width)> cells, Style style) => console.Write(new CleanLines(
        new Text(string.Concat(cells.Select(cell => cell.Text.PadLeft(cell.Width))) + Environment.NewLine, style)));

    /// <summary>What a phase is called.</summary>
    public static string NameOf(TrainingPhase phase) => phase switch
    {
        TrainingPhase.Head => "head",
        TrainingPhase.FineTuning => "fine-tuning",
        TrainingPhase.Features => "features",
        _ => "epoch",
    };

    /// <summary>The columns, as many of the first as fit.</summary>
    private List<(string Above, string Name, string Value, int Width)> Columns(EpochSummary epoch, int epochs, TimeSpan elapsed)
    {
        List<(string Above, string Name, string Value, int Width)> all =
        [
            ("", NameOf(epoch.Phase), Text($"{epoch.Epoch}/{epochs}"), 12),
            ("", "loss", Text($"{epoch.Loss:0.000}"), 9),
            ("training", "accuracy", Text($"{epoch.Accuracy:0.000}"), 10),
        ];
        if (epoch is { ValidationLoss: { } loss, ValidationAccuracy: { } accuracy })
        {
            all.AddRange([("", "loss", Text($"{loss:0.000}"), 9), ("validation", "accuracy", Text($"{accuracy:0.000}"), 11)]);
        }

        all.AddRange(
        [
            ("", "images/s", Text($"{epoch.ImagesPerSecond:#,0}"), 10), ("", "time", TimeText.OnClock(elapsed), 9),
        ]);
        var width = 0;
        return [.. all.TakeWhile(column => (width += column.Width) < console.Profile.Width)];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
