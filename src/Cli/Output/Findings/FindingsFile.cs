using System.Globalization;
using System.Text;
using MLVision.MLNetExtensions.Doctor;
using MLVision.MLNetExtensions.Files;
using nietras.SeparatedValues;

namespace MLVision.Cli.Output.Findings;

/// <summary>Writes findings as a CSV file: RFC 4180, UTF-8, a header, a row for each finding.</summary>
/// <remarks>
/// Spreadsheets run cells that begin with =, +, - or @ as formulas, and a class's name may begin so: such text gets an apostrophe in front,
/// as OWASP's page on CSV injection advises.
/// </remarks>
internal static class FindingsFile
{
    private const string Formula = "=+-@\t\r";

    /// <summary>Writes the file whole or not at all.</summary>
    public static void Write(string path, IReadOnlyList<Finding> findings) => AtomicFile.Write(path, stream =>
    {
        using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        Write(text, findings);
    });

    /// <summary>Writes the rows.</summary>
    internal static void Write(TextWriter text, IReadOnlyList<Finding> findings)
    {
        using var writer = Sep.New(',').Writer(options => options with { Escape = true, CultureInfo = CultureInfo.InvariantCulture })
            .To(text, leaveOpen: true);
        writer.Header.Add(["image", "label", "finding", "score", "suggestion"]);
        foreach (var finding in findings)
        {
            using var row = writer.NewRow();
            row["image"].Set(Harmless(finding.Image.ImagePath));
            row["label"].Set(Harmless(finding.Image.Label));
            row["finding"].Set(FindingNames.Of(finding.Kind));
            row["score"].Set(finding.Score.ToString("0.######", CultureInfo.InvariantCulture));
            row["suggestion"].Set(Harmless(finding.Suggestion));
        }
    }

    private static string Harmless(string text) =>
        text.Length > 0 && Formula.Contains(text[0], StringComparison.Ordinal) ? $"'{text}" : text;
}
