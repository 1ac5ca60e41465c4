using System.Globalization;
using MLVision.Cli.Output.Tables;
using MLVision.Cli.Output.Visible;
using nietras.SeparatedValues;
using Spectre.Console;

namespace MLVision.Cli.Output;

/// <summary>What <c>predict</c> says of images, as a table and as CSV: a row for each image and each of its classes shown.</summary>
internal static class PredictedText
{
    private const string Refused = "none of these";

    /// <summary>Writes a table.</summary>
    public static void WriteTable(IAnsiConsole console, IEnumerable<PredictedLine> lines)
    {
        var table = new ResultTable().Text("Image").Text("Label").Figure("Probability");
        foreach (var (image, _, label, probability) in Rows(lines))
        {
            table.Add(image, label ?? Refused, Number(probability));
        }

        table.Write(console);
    }

    /// <summary>Writes CSV with a header, as RFC 4180 has it but for line feeds; an image that is refused has no label.</summary>
    /// <param name="output">Where.</param>
    /// <param name="lines">The images.</param>
    /// <param name="isForPeople">Whether a terminal shows it, which would obey control characters in names.</param>
    public static void WriteCsv(TextWriter output, IEnumerable<PredictedLine> lines, bool isForPeople = false)
    {
        var text = new StringWriter();
        using (var writer = Sep.New(',').Writer(options => options with { Escape = true, CultureInfo = CultureInfo.InvariantCulture })
            .To(text, leaveOpen: true))
        {
            writer.Header.Add(["image", "rank", "label", "probability"]);
            foreach (var (image, rank, label, probability) in Rows(lines))
            {
                using var row = writer.NewRow();
                row["image"].Set(image);
                row["rank"].Set(rank.ToString(CultureInfo.InvariantCulture));
                row["label"].Set(label ?? "");
                row["probability"].Set(Number(probability));
            }
        }

        var csv = text.ToString().ReplaceLineEndings("\n");
        output.Write(isForPeople ? VisibleText.Of(csv, keepsLines: true) : csv);
    }

    private static IEnumerable<(string Image, int Rank, string? Label, float Probability)> Rows(IEnumerable<PredictedLine> lines) =>
        lines.SelectMany(line => line.Label is null
            ? [(line.Image, 1, null, line.Probability)]
            : line.Scores.Index().Select(score => (line.Image, score.Index + 1, (string?)score.Item.Key, score.Item.Value)));

    private static string Number(float probability) => probability.ToString("0.0000", CultureInfo.InvariantCulture);
}
