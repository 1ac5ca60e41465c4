using MLVision.Cli.Output.Findings;
using MLVision.MLNetExtensions.Doctor;

namespace Cli.Tests.Output.Findings;

public sealed class FindingsTableTests
{
    private static readonly string Folder = Path.GetFullPath("data");

    [Fact]
    public void Write_Findings_ShowsCountsAndTheThreeWorst()
    {
        var findings = Enumerable.Range(1, 5)
            .Select(i => new Finding(FindingKind.WrongLabel, Image($"rose/{i}.jpg", "rose"), 1 - (i / 10.0), "tulip"));

        var lines = Write([.. findings]);

        Assert.Equal("1 image, 5 findings", lines[0]);
        Assert.Contains(lines, line => line.StartsWith("│ wrong-label │     5 │ ", StringComparison.Ordinal));
        Assert.Equal(3, lines.Count(line => line.Contains(".jpg", StringComparison.Ordinal)));
        Assert.EndsWith("│  0.90 │", lines.Single(line => line.Contains("1.jpg", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_NamesThatLookLikeMarkup_AreShownAsTheyAre()
    {
        var (first, second) = (Image("[red]/1.jpg", "[red]"), Image("<b>/2.jpg", "<b>"));

        var lines = Write(new Finding(FindingKind.Leak, first, 1, second.ImagePath, second));

        Assert.Contains(lines, line => line.Contains(Path.Combine("[red]", "1.jpg"), StringComparison.Ordinal)
            && line.Contains(Path.Combine("<b>", "2.jpg"), StringComparison.Ordinal));
    }

    [Fact]
    public void Write_NothingFound_SaysSo() => Assert.Equal(["A [note].", "1 image, nothing found."], Write());

    private static DoctorImage Image(string path, string label) => new(Path.Combine(Folder, path), label);

    private static List<string> Write(params Finding[] findings)
    {
        var image = new ExaminedImage(Image("rose/1.jpg", "rose"), null, 8, 8, null, null);
        return TestTerminal.Lines(isTerminal: true, width: 100, console => FindingsTable.Write(
            console, new Diagnosis([image], findings, findings.Length == 0 ? ["A [note]."] : []), Folder));
    }
}
