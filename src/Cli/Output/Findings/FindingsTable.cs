using System.Globalization;
using MLVision.Cli.Output.Tables;
using MLVision.MLNetExtensions.Doctor;
using Spectre.Console;

namespace MLVision.Cli.Output.Findings;

/// <summary>A summary of findings: how many of each kind, and the worst.</summary>
internal static class FindingsTable
{
    private const int Worst = 3;

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
            console.WriteLine($"{Counted.Of(diagnosis.Images.Count, "image")}, nothing found.");
            return;
        }

        var table = new ResultTable().Text("Finding").Figure("Count").Text("The worst").Text("Suggestion").Figure("Score");
        foreach (var kind in diagnosis.Findings.GroupBy(finding => finding.Kind))
        {
            var count = kind.Count().ToString(CultureInfo.InvariantCulture);
            foreach (var (rank, finding) in kind.Take(Worst).Index())
            {
                table.Add(
                    rank == 0 ? FindingNames.Of(kind.Key) : "", rank == 0 ? count : "", Relative(folder, finding.Image.ImagePath),
                    finding.Other is { } other ? Relative(folder, other.ImagePath) : finding.Suggestion,
                    finding.Score.ToString("0.00", CultureInfo.InvariantCulture));
            }
        }

        console.WriteLine($"{Counted.Of(diagnosis.Images.Count, "image")}, {Counted.Of(diagnosis.Findings.Count, "finding")}");
        table.Write(console);
    }

    private static string Relative(string folder, string path) => Path.GetRelativePath(folder, path);
}
