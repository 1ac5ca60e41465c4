using System.Text.RegularExpressions;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Doctor;
using MLVision.Reports;
using MLVision.Reports.Contents;
using TestImages;

namespace Reports.Tests.Doctor;

public sealed partial class DoctorPageTests : IDisposable
{
    private const int LargestPage = 10_000_000;

    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Write_Findings_ShowsASectionAndPicturesOfEachKind()
    {
        var (first, second) = (Image("rose/1.png", "rose"), Image("tulip/2.png", "tulip"));
        Finding[] findings =
        [
            new(FindingKind.WrongLabel, first, 0.9, "tulip"), new(FindingKind.NearDuplicate, second, 0.97, first.ImagePath, first),
            new(FindingKind.TooDark, second, 0.8, "brightest 0.20 of 1"),
        ];

        var page = Write(Report([first, second], findings));

        Assert.StartsWith("<!DOCTYPE html>", page, StringComparison.Ordinal);
        string[] texts =
            ["id=\"wrong-label\"", "id=\"near-duplicate\"", "id=\"too-dark\"", "looks like", "alike by 97.0", "brightest 0.20"];
        Assert.All(texts, text => Assert.Contains(text, page, StringComparison.Ordinal));

        Assert.Equal(4, Pictures().Count(page));
        Assert.All(
            Pictures().Matches(page), picture => Assert.Contains("alt=\"An image labelled", picture.Value, StringComparison.Ordinal));
        Assert.DoesNotMatch("https?:", page);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    [InlineData("javascript:alert(1)")]
    public void Write_NamesOfHtml_AreHarmless(string name)
    {
        var image = new DoctorImage($"{name}.jpg", name, name);
        Finding[] findings =
        [
            .. Enum.GetValues<FindingKind>().Select(kind => new Finding(kind, image, 1, name, kind == FindingKind.Leak ? image : null)),
        ];

        var page = Write(Report([image], findings, note: name));

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"javascript", page, StringComparison.Ordinal);
        Assert.Contains(name, System.Net.WebUtility.HtmlDecode(page), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_HundredThousandFindings_ShowsSixtyOfAKindAndSaysSo()
    {
        var image = Image("rose/1.png", "rose");
        Finding[] findings = [.. Enumerable.Range(0, 100_000).Select(i => new Finding(FindingKind.Outlier, image, 1, "x"))];

        var page = Write(Report([image], findings));

        Assert.Equal(60, Pictures().Count(page));
        Assert.Contains("Shown are the first 60 of 100,000; findings.csv has all of them.", page, StringComparison.Ordinal);
        Assert.InRange(page.Length, 1, LargestPage);
    }

    [Fact]
    public void Write_PairFoundBothWays_ShowsItOnce()
    {
        var (first, second) = (Image("rose/1.png", "rose"), Image("tulip/1.png", "tulip"));
        Finding[] findings =
        [
            new(FindingKind.TwoLabels, first, 1, second.ImagePath, second), new(FindingKind.TwoLabels, second, 1, first.ImagePath, first),
        ];

        Assert.Equal(2, Pictures().Count(Write(Report([first, second], findings))));
    }

    [Fact]
    public void Write_NothingFound_SaysSo() =>
        Assert.Contains("Nothing found", Write(Report([Image("rose/1.png", "rose")], [])), StringComparison.Ordinal);

    [Fact]
    public void Write_ImageThatIsGone_HasNoPicture()
    {
        var image = new DoctorImage(Path.Combine(_files.Folder, "gone.jpg"), "rose");

        var page = Write(Report([image], [new Finding(FindingKind.Unreadable, image, 1, "the file does not exist.")]));

        Assert.Equal(0, Pictures().Count(page));
        Assert.Contains("the file does not exist.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_OtherEnding_Throws() => Assert.Throws<ImageClassificationException>(
        () => ReportWriter.Write(Path.Combine(_files.Folder, "doctor.csv"), Report([Image("rose/1.png", "rose")], [])));

    private DoctorReport Report(IReadOnlyList<DoctorImage> images, IReadOnlyList<Finding> findings, string note = "A note.") => new()
    {
        Diagnosis = new Diagnosis([.. images.Select(image => new ExaminedImage(image, null, 8, 8, null, null))], findings, [note]),
        Folder = _files.Folder,
    };

    private DoctorImage Image(string path, string label) => new(_files.AddImage(path), label);

    private string Write(DoctorReport report)
    {
        var path = Path.Combine(_files.Folder, "doctor.html");
        ReportWriter.Write(path, report);
        return File.ReadAllText(path);
    }

    [GeneratedRegex("<img [^>]*>")]
    private static partial Regex Pictures();
}
