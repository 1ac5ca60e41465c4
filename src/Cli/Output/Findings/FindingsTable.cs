using System.Globalization;
using MLVision.MLNetExtensions.Doctor;
using Spectre.Console;

namespace MLVision.Cli.Output.Findings;

/// <summary>A summary of findings: how many of each kind, and the worst.</summary>
internal static class FindingsTable
{
    private const int Worst = 3;
    private const int NarrowestName = 12;

    /// <summary>What the other columns and the frame take.</summary>
    private const int Beside = 42;

    /// <summary>Writes it.</summary>
    /// <param name="console">Where.</param>
    /// <param name="diagnosis">What was found.</param>
    /// <param name="folder">The folder that names are shown relative to.</param>
    public static void Write(IAnsiConsole console, Diagnosis diagnosis, string folder)
    {
        foreach (var note in diagnosis.Notes)
        {
            console.WriteLine(note);
        }

        if (diagnosis.Findings.Count == 0)
        {
            console.WriteLine($"{Counted(diagnosis.Images.Count, "image")}, nothing found.");
            return;
        }

        var width = Math.Max(NarrowestName, (console.Profile.Width - Beside) / 2);
        var table = new Table()
            .AddColumn("Finding").AddColumn(new TableColumn("Count").RightAligned()).AddColumn("The worst").AddColumn("Suggestion")
            .AddColumn(new TableColumn("Score").RightAligned());
        foreach (var kind in diagnosis.Findings.GroupBy(finding => finding.Kind))
        {
            var count = kind.Count().ToString(CultureInfo.InvariantCulture);
            foreach (var (rank, finding) in kind.Take(Worst).Index())
            {
                table.AddRow(
                    rank == 0 ? FindingNames.Of(kind.Key) : "", rank == 0 ? count : "",
                    ShortName.Markup(Relative(folder, finding.Image.ImagePath), width),
                    ShortName.Markup(finding.Other is { } other ? Relative(folder, other.ImagePath) : finding.Suggestion, width),
                    finding.Score.ToString("0.00", CultureInfo.InvariantCulture));
            }
        }

        console.WriteLine($"{Counted(diagnosis.Images.Count, "image")}, {Counted(diagnosis.Findings.Count, "finding")}");
        console.Write(table);
    }

    private static string Counted(int count, string one) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {one}{(count == 1 ? "" : "s")}");

    private static string Relative(string folder, string path) => Path.GetRelativePath(folder, path);
}
