using System.Globalization;
using System.Text.RegularExpressions;
using MLNetExtensions.Tests.Scoring;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Scoring;
using MLVision.MLNetExtensions.Scoring.Results;
using MLVision.Reports;
using MLVision.Reports.Contents;
using TestImages;

namespace Reports.Tests;

public sealed partial class ReportWriterTests : IDisposable
{
    private const int LargestPage = 3_000_000;

    private static readonly string[] Flowers = ["daisy", "rose", "tulip"];

    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Write_FullReport_ShowsFigures()
    {
        var page = Write(SampleReport.Of(Flowers));

        Assert.StartsWith("<!DOCTYPE html>", page, StringComparison.Ordinal);
        Assert.Contains("<html lang=\"en\">", page, StringComparison.Ordinal);
        foreach (var part in new[] { "Learning curves", "What is taken for what", "Class by class", "expected calibration error",
            "The images it got most wrong", "The data", "Model card", "How it was made" })
        {
            Assert.Contains(part, page, StringComparison.Ordinal);
        }
    }

    /// <summary>Of 4 images 3 are right: 1.96·√(0.75·0.25/4) = 0.424.</summary>
    [Fact]
    public void Write_ThreeOfFourRight_HasTheErrorOfTheAccuracy()
    {
        var metrics = SampleReport.Metrics(["a", "b"], imagesEach: 2, (_, _) => "none.jpg") with
        {
            Images = 4,
            MicroAccuracy = 0.75,
            Results = [],
        };

        var page = Write(new ModelReport { Evaluation = metrics });

        Assert.Contains("75.0\u00a0%", Text(page), StringComparison.Ordinal);
        Assert.Contains("± 42.4 points", Text(page), StringComparison.Ordinal);
        Assert.Contains("3 of 4 images classified correctly", Text(page), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    [InlineData("'; --share:1")]
    [InlineData("</style></title><b>")]
    public void Write_LabelsOfHtml_AreHarmless(string label)
    {
        var report = SampleReport.Of([label, "rose"], path: (_, image) => $"{label}{image}.jpg") with
        {
            Title = label,
            EvaluationNote = label,
            Device = label,
            Configuration = [KeyValuePair.Create(label, label)],
        };

        var page = Write(report);

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
        Assert.DoesNotContain("</title><b>", page, StringComparison.Ordinal);
        Assert.Contains(label, Text(page), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ThousandClasses_StaysBelowThreeMegabytes()
    {
        string[] labels = [.. Enumerable.Range(0, 1000).Select(i => $"class {i} {new string('"', 240)}")];
        var path = _files.AddImage("photo.png", width: 400, height: 300);

        var page = Write(SampleReport.Of(labels, imagesEach: 5, (_, _) => path));

        Assert.InRange(page.Length, 1, LargestPage);
        Assert.Contains("Of 1,000 classes, the 12 with the most mistakes are shown.", Text(page), StringComparison.Ordinal);
        Assert.Contains("The other 970 classes", Text(page), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ManyEpochsAndSkippedImages_ShowsSomeAndSaysSo()
    {
        var report = SampleReport.Of(Flowers);
        var skipped = Enumerable.Range(0, 5000).Select(i => new SkippedImage($"{i}.jpg", "the file is empty."));
        var page = Write(report with
        {
            LearningCurves = SampleReport.Curves(headEpochs: 2000, epochs: 100),
            Data = report.Data! with { Skipped = [.. skipped] },
        });

        Assert.InRange(page.Length, 1, LargestPage);
        Assert.Contains("300 of 2,100 epochs", Text(page), StringComparison.Ordinal);
        Assert.Contains("5,000 images could not be used; the first 100 are listed", Text(page), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ReportOfNothing_IsAPage()
    {
        var page = Write(new ModelReport());

        Assert.Contains("<h1>Image classifier</h1>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<nav", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_OneClassWithOneImage_IsAPage()
    {
        var page = Text(Write(SampleReport.Of(["only"], imagesEach: 1)));

        Assert.Contains("1 of 1 image classified correctly", page, StringComparison.Ordinal);
        Assert.Contains("Every image that was scored is classified correctly.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_NoEvaluation_SaysWhy()
    {
        var page = Write(SampleReport.Of(Flowers) with { Evaluation = null, EvaluationNote = "No images were held out." });

        Assert.Contains("No images were held out.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Class by class", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ClassWithoutScoredImages_SaysSo()
    {
        var metrics = SampleReport.Metrics(["a", "b"], imagesEach: 6, (_, image) => $"{image}.jpg");
        var without = metrics with
        {
            Labels = ["a", "b", "c"],
            PerClass = [.. metrics.PerClass, new() { Label = "c", Images = 0, Precision = null, Recall = null, F1 = null }],
            ConfusionMatrix = [.. metrics.ConfusionMatrix.Select(row => (IReadOnlyList<int>)[.. row, 0]), [0, 0, 0]],
        };

        var page = Text(Write(new ModelReport { Evaluation = without }));

        Assert.Contains("1 class has no images among those that were scored", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_DivergedTraining_SaysSo()
    {
        var curves = SampleReport.Curves(0, 4).Select(point => point with { Loss = double.NaN, ValidationLoss = double.PositiveInfinity });

        var page = Write(new ModelReport { LearningCurves = [.. curves] });

        Assert.Contains("the training diverged", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("points=\"[^\"]*NaN", page);
    }

    [Fact]
    public void Write_Familiarity_ShowsTheLeastFamiliarFirst()
    {
        var report = SampleReport.Of(Flowers);
        var results = report.Evaluation!.Results.Index().Select(
            result => result.Item with { Familiarity = result.Index is 7 ? 0.01f : 0.5f, ImagePath = $"image{result.Index}.jpg" });

        var page = Write(report with { Evaluation = report.Evaluation with { Results = [.. results] } });

        var section = page[page.IndexOf("id=\"strangers\"", StringComparison.Ordinal)..];
        Assert.Contains("familiarity 1.0\u00a0%", Text(section), StringComparison.Ordinal);
        Assert.Equal("image7.jpg", FileName().Match(section).Groups[1].Value);
        Assert.DoesNotContain("The least familiar images", Write(report), StringComparison.Ordinal);
    }

    /// <summary>An app evaluates, explains its worst mistakes and writes: nothing else is needed.</summary>
    [Fact]
    public void Write_EvaluationOfAClassifier_ShowsPicturesAndHeat()
    {
        using var classifier = ImageClassifier.Load(TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, "model.onnx")));
        LabeledImage[] images = [.. Enumerable.Range(0, 6).Select(i => new LabeledImage
        {
            ImagePath = _files.AddImage($"{i}.png", seed: i),
            Label = TinyClassifier.Colours[i == 5 ? 0 : i % 3],
        })];
        var token = TestContext.Current.CancellationToken;
        var metrics = classifier.Evaluate(images, cancellationToken: token);
        var wrong = ScoredImage.MostWrong(metrics.Results, 24).Select(result => classifier.Explain(result.ImagePath, token));

        var page = Write(new ModelReport
        {
            Model = classifier.Metadata,
            Evaluation = metrics,
            Explanations = [.. wrong],
            Data = DataSetFacts.Measure(images, cancellationToken: token),
        });

        Assert.Contains("5 of 6 images classified correctly", Text(page), StringComparison.Ordinal);
        Assert.Contains("An image of the class red that is called blue", page, StringComparison.Ordinal);
        Assert.Contains("the more it speaks for blue", page, StringComparison.Ordinal);
        Assert.Equal(2, Source().Count(page));
    }

    [Fact]
    public void Write_AnyReport_LoadsNothing()
    {
        var path = _files.AddImage("photo.png", width: 40, height: 30);

        var page = Write(SampleReport.Of(Flowers, path: (_, _) => path));

        Assert.DoesNotMatch("https?://", page);
        Assert.DoesNotContain("url(", page, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", page, StringComparison.Ordinal);
        var sources = Source().Matches(page).Select(source => source.Groups[1].Value).ToList();
        Assert.NotEmpty(sources);
        Assert.All(sources, source => Assert.StartsWith("data:image/jpeg;base64,", source, StringComparison.Ordinal));
    }

    [Fact]
    public void Write_AnyReport_CanBeReadAloud()
    {
        var page = Write(SampleReport.Of(Flowers));

        var ids = Id().Matches(page).Select(id => id.Groups[1].Value).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(LabelledBy().Matches(page).SelectMany(label => label.Groups[1].Value.Split(' ')), id => Assert.Contains(id, ids));
        Assert.All(Anchor().Matches(page).Select(anchor => anchor.Groups[1].Value), id => Assert.Contains(id, ids));
        Assert.DoesNotMatch("<th(?![^>]*scope=)[ >]", page);
        Assert.All(Regex.Matches(page, "<svg[^>]*>"), svg => Assert.Contains("role=\"img\"", svg.Value, StringComparison.Ordinal));
        Assert.DoesNotMatch("<img(?![^>]* alt=\"[^\"]+\")", page);
        var levels = Heading().Matches(page).Select(heading => heading.Groups[1].Value[0] - '0').ToList();
        Assert.Equal(1, levels[0]);
        Assert.All(levels.Zip(levels.Skip(1)), pair => Assert.InRange(pair.Second, 2, pair.First + 1));
    }

    /// <summary>A comma for a decimal point would also break the coordinates of the drawings.</summary>
    [Fact]
    public void Write_InACultureWithCommas_WritesTheSamePage()
    {
        var report = SampleReport.Of(Flowers);
        var expected = Write(report);
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NegativeSign) = (",", "~");
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = culture;

            Assert.Equal(expected, Write(report));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Write_NameOfAnotherFormat_IsRefused()
    {
        var path = Path.Combine(_files.Folder, "report.pdf");

        var error = Assert.Throws<ImageClassificationException>(() => ReportWriter.Write(path, new ModelReport()));

        Assert.Contains(".html", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void ThrowUnlessWritable_Folder_IsRefused()
    {
        _files.AddFolder("report.html");

        Assert.Throws<IOException>(() => ReportWriter.ThrowUnlessWritable(Path.Combine(_files.Folder, "report.html")));
    }

    private string Write(ModelReport report)
    {
        var path = Path.Combine(_files.Folder, "report.html");
        ReportWriter.Write(path, report);
        return File.ReadAllText(path);
    }

    /// <summary>What a reader sees: without tags, escapes resolved, gaps closed.</summary>
    private static string Text(string page) =>
        System.Net.WebUtility.HtmlDecode(Gaps().Replace(Tag().Replace(page, ""), " "));

    [GeneratedRegex("class=\"file\" title=\"([^\"]*)\"")]
    private static partial Regex FileName();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tag();

    [GeneratedRegex("[ \n\r]+")]
    private static partial Regex Gaps();

    [GeneratedRegex(" src=\"([^\"]*)\"")]
    private static partial Regex Source();

    [GeneratedRegex(" id=\"([^\"]*)\"")]
    private static partial Regex Id();

    [GeneratedRegex(" aria-labelledby=\"([^\"]*)\"")]
    private static partial Regex LabelledBy();

    [GeneratedRegex(" href=\"#([^\"]*)\"")]
    private static partial Regex Anchor();

    [GeneratedRegex("<h([1-6])[ >]")]
    private static partial Regex Heading();
}
