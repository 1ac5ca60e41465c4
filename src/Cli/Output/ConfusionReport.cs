using System.Globalization;
using MLVision.Cli.Output.Tables;
using MLVision.MLNetExtensions.Scoring.Results;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MLVision.Cli.Output;

/// <summary>
/// Which classes a model confuses: the whole table if it fits the terminal, the pairs, figures of each class, and the worst mistakes.
/// </summary>
internal static class ConfusionReport
{
    // Enough to tell names apart; longer ones lose their middle.
    private const int WidestName = 24;
    private const string MatrixTitle = "true class by predicted class";
    private const int Most = 10;
    private const int MostClasses = 20;

    // A column's frame and padding, and one digit.
    private const int NarrowestColumn = 4;

    /// <summary>Writes it.</summary>
    /// <param name="console">Where.</param>
    /// <param name="metrics">The figures.</param>
    /// <param name="folder">The folder of the images, to which their names are relative on a terminal.</param>
    public static void Write(IAnsiConsole console, ImageClassificationMetrics metrics, string folder)
    {
        if (!console.Profile.Out.IsTerminal)
        {
            Matrix(metrics).Write(console, MatrixTitle);
        }
        else if (FittingTable(console, metrics) is { } table)
        {
            console.WriteLine();
            console.WriteLine(MatrixTitle);
            console.Write(table);
        }
        else
        {
            console.WriteLine(
                $"A table of {metrics.Labels.Count} classes does not fit the terminal; use --json for all of it. The most important " +
                "entries:");
        }

        if (metrics.PerClass.All(c => c.Recall is null or 1))
        {
            console.WriteLine("Every image is classified correctly.");
            return;
        }

        MostConfused(metrics).Write(console, "most confused");
        Classes(metrics, all: !console.Profile.Out.IsTerminal || metrics.Labels.Count <= MostClasses)
            .Write(console, "classes, least recognised first");
        if (metrics.Results.Count > 0)
        {
            MostWrong(metrics, path => console.Profile.Out.IsTerminal ? Path.GetRelativePath(folder, path) : path)
                .Write(console, "most wrong images");
        }
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
        var table = new Table().AddColumn("");
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

    private static ResultTable Matrix(ImageClassificationMetrics metrics)
    {
        var table = metrics.Labels.Aggregate(new ResultTable().Text(""), (columns, label) => columns.Figure(label));
        foreach (var (label, counts) in metrics.Labels.Zip(metrics.ConfusionMatrix))
        {
            table.Add([label, .. counts.Select(Figure)]);
        }

        return table;
    }

    private static ResultTable MostConfused(ImageClassificationMetrics metrics)
    {
        var table = new ResultTable().Text("true class").Text("predicted class").Figure("images").Figure("share of true class");
        var pairs = metrics.ConfusionMatrix.Index()
            .SelectMany(row => row.Item.Index().Select(cell => (True: row.Index, Predicted: cell.Index, Images: cell.Item)))
            .Where(pair => pair.True != pair.Predicted && pair.Images > 0)
            .OrderByDescending(pair => pair.Images)
            .ThenByDescending(pair => Share(pair.Images, pair.True))
            .Take(Most);
        foreach (var (actual, predicted, images) in pairs)
        {
            table.Add(metrics.Labels[actual], metrics.Labels[predicted], Figure(images), Figure(Share(images, actual)));
        }

        return table;

        double Share(int images, int actual) => (double)images / metrics.PerClass[actual].Images;
    }

    /// <summary>Figures of all classes, or of those that are recognised least.</summary>
    private static ResultTable Classes(ImageClassificationMetrics metrics, bool all)
    {
        var table = new ResultTable().Text("class").Figure("images").Figure("recall").Figure("precision").Figure("F1");
        var sorted = metrics.PerClass.OrderBy(c => c.Recall ?? 2).ThenByDescending(c => c.Images);
        foreach (var c in all ? sorted : sorted.Where(c => c.Recall < 1).Take(Most))
        {
            table.Add(c.Label, Figure(c.Images), Figure(c.Recall), Figure(c.Precision), Figure(c.F1));
        }

        return table;
    }

    private static ResultTable MostWrong(ImageClassificationMetrics metrics, Func<string, string> nameOf)
    {
        var table = new ResultTable().Text("image").Text("true class").Text("predicted class").Figure("probability");
        foreach (var result in ScoredImage.MostWrong(metrics.Results, Most))
        {
            table.Add(nameOf(result.ImagePath), result.Label, result.PredictedLabel, Figure(result.Probability));
        }

        return table;
    }

    private static string Figure(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Figure(double? share) => share?.ToString("0.00", CultureInfo.InvariantCulture) ?? "";
}
