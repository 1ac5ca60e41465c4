using System.Globalization;
using MLVision.Cli.Output.Tables;
using MLVision.MLNetExtensions.Scoring.Results;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MLVision.Cli.Output;

/// <summary>Which classes a model confuses: the whole table if it fits the terminal, otherwise its most important entries.</summary>
internal static class ConfusionReport
{
    // Enough to tell names apart; longer ones lose their middle.
    private const int WidestName = 24;
    private const int Most = 10;

    // A column's frame and padding, and one digit.
    private const int NarrowestColumn = 4;

    /// <summary>Writes it.</summary>
    public static void Write(IAnsiConsole console, ImageClassificationMetrics metrics)
    {
        if (FittingTable(console, metrics) is { } table)
        {
            console.Write(table);
            return;
        }

        console.WriteLine(
            $"A table of {metrics.Labels.Count} classes does not fit the terminal; use --json for all of it. The most important entries:");
        if (metrics.PerClass.All(c => c.Recall is null or 1))
        {
            console.WriteLine("Every image is classified correctly.");
            return;
        }

        console.Write(MostConfused(console, metrics));
        console.Write(LeastRecognised(console, metrics));
    }

    /// <summary>
    /// The table, headed by the names, on one line or a word a line, or by the rows' numbers; null where all are too wide.
    /// </summary>
    private static Table? FittingTable(IAnsiConsole console, ImageClassificationMetrics metrics)
    {
        var width = console.Profile.Width;
        if ((metrics.Labels.Count + 1) * NarrowestColumn > width)
        {
            return null;
        }

        var names = metrics.Labels.Select(label => ShortName.Markup(label, WidestName)).ToList();
        List<string> words = [.. names.Select(name => name.Replace(' ', '\n'))];
        List<string> numbers = [.. names.Select((_, index) => Figure(index + 1))];
        List<string> numbered = [.. numbers.Zip(names, (number, name) => $"{number} {name}")];
        (List<string> Rows, List<string> Headings)[] namings = [(names, names), (names, words), (numbered, numbers)];
        return namings.Select(naming => WholeTable(naming.Rows, naming.Headings, metrics.ConfusionMatrix))
            .FirstOrDefault(table => ((IRenderable)table).Measure(RenderOptions.Create(console), int.MaxValue / 2).Max <= width);
    }

    private static Table WholeTable(List<string> rows, List<string> headings, IReadOnlyList<IReadOnlyList<int>> counts)
    {
        var table = new Table().Title("true class by predicted class").AddColumn("");
        foreach (var heading in headings)
        {
            table.AddColumn(new TableColumn(heading).RightAligned());
        }

        foreach (var (name, row) in rows.Zip(counts))
        {
            table.AddRow([name, .. row.Select(Figure)]);
        }

        return table;
    }

    private static Table MostConfused(IAnsiConsole console, ImageClassificationMetrics metrics)
    {
        var width = NameWidth(console, names: 2);
        var table = List("most confused", ["true class", "predicted class"], ["images", "share of true class"]);
        var pairs = metrics.ConfusionMatrix.Index()
            .SelectMany(row => row.Item.Index().Select(cell => (True: row.Index, Predicted: cell.Index, Images: cell.Item)))
            .Where(pair => pair.True != pair.Predicted && pair.Images > 0)
            .OrderByDescending(pair => pair.Images)
            .ThenByDescending(pair => Share(pair.Images, pair.True))
            .Take(Most);
        foreach (var (actual, predicted, images) in pairs)
        {
            table.AddRow(
                ShortName.Markup(metrics.Labels[actual], width), ShortName.Markup(metrics.Labels[predicted], width), Figure(images),
                Figure(Share(images, actual)));
        }

        return table;

        double Share(int images, int actual) => (double)images / metrics.PerClass[actual].Images;
    }

    private static Table LeastRecognised(IAnsiConsole console, ImageClassificationMetrics metrics)
    {
        var width = NameWidth(console, names: 1);
        var table = List("least recognised", ["class"], ["images", "recall", "precision"]);
        foreach (var c in metrics.PerClass.Where(c => c.Recall < 1).OrderBy(c => c.Recall).ThenByDescending(c => c.Images).Take(Most))
        {
            table.AddRow(
                ShortName.Markup(c.Label, width), Figure(c.Images), Figure(c.Recall!.Value),
                c.Precision is { } precision ? Figure(precision) : "");
        }

        return table;
    }

    /// <summary>A table whose texts are to the left and whose figures are to the right.</summary>
    private static Table List(string title, string[] texts, string[] figures)
    {
        var table = new Table().Title(title).AddColumns(texts);
        foreach (var figure in figures)
        {
            table.AddColumn(new TableColumn(figure).RightAligned());
        }

        return table;
    }

    /// <summary>Columns for each of the names that stand in a row with the figures.</summary>
    private static int NameWidth(IAnsiConsole console, int names)
    {
        const int ColumnsOfFigures = 40;
        const int Narrowest = 8;
        return Math.Max((console.Profile.Width - ColumnsOfFigures) / names, Narrowest);
    }

    private static string Figure(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Figure(double share) => share.ToString("0.00", CultureInfo.InvariantCulture);
}
