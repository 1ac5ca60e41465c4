using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Doctor;
using SkiaSharp;

namespace MLNetExtensions.Tests.Doctor;

public sealed class DataDoctorTests : IDisposable
{
    private static readonly DoctorOptions WithFeatures = new() { Features = new MeanColors() };

    private readonly TestPictures _pictures = new();

    public void Dispose() => _pictures.Dispose();

    [Fact]
    public void Examine_PlantedLabel_IsTheMostSuspicious()
    {
        _pictures.AddClasses(each: 12);
        var planted = _pictures.Add("red", "planted.png", color: 0, seed: 77);

        var diagnosis = Examine(_pictures.Images, WithFeatures);

        var first = diagnosis.Findings.First(finding => finding.Kind == FindingKind.WrongLabel);
        Assert.Equal((planted, "blue"), (first.Image, first.Suggestion));
        Assert.True(first.Score > 0.5);
        Assert.Equal(planted, diagnosis.Images.MaxBy(image => image.WrongLabelScore)!.Image);
    }

    [Fact]
    public void Examine_TwiceTheSame_FindsTheSame()
    {
        _pictures.AddClasses(each: 8).Add("red", "planted.png", color: 0, seed: 77);

        var (first, second) = (Examine(_pictures.Images, WithFeatures), Examine(_pictures.Images, WithFeatures));

        Assert.Equal(first.Findings, second.Findings);
        Assert.Equal(first.Images, second.Images);
    }

    [Fact]
    public void Examine_SameFile_IsExactDuplicateOfTheEarlierOne()
    {
        var original = _pictures.Add("red", "a.png", color: 2, seed: 1);
        var copy = _pictures.Add("red", "b.png", File.ReadAllBytes(original.ImagePath));

        var finding = Assert.Single(Examine(_pictures.Images).Findings);

        Assert.Equal(new Finding(FindingKind.ExactDuplicate, copy, 1, original.ImagePath, original), finding);
    }

    [Fact]
    public void Examine_SamePixelsInAnotherFile_IsExactDuplicate()
    {
        var original = _pictures.Add("red", "a.png", color: 2, seed: 1);
        _pictures.Add("red", "b.png", [.. File.ReadAllBytes(original.ImagePath), 0]);

        var finding = Assert.Single(Examine(_pictures.Images).Findings);

        Assert.Equal(FindingKind.ExactDuplicate, finding.Kind);
    }

    /// <summary>Without features only copies of the same size are near enough.</summary>
    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public void Examine_MadeSmallerAndSavedBadly_IsNearDuplicate(bool hasFeatures, int divisor)
    {
        _pictures.AddClasses(each: 8);
        using var bitmap = TestPictures.Draw(color: 1, seed: 1003);
        using var half = bitmap.Resize(new SKImageInfo(bitmap.Width / divisor, bitmap.Height / divisor), SKFilterQuality.High);
        var copy = _pictures.Add("green", "half.jpg", half);

        var findings = Examine(_pictures.Images, hasFeatures ? WithFeatures : null).Findings;

        var finding = Assert.Single(findings, finding => finding.Kind == FindingKind.NearDuplicate);
        Assert.Equal((copy, "3.png"), (finding.Image, Path.GetFileName(finding.Other!.ImagePath)));
        Assert.InRange(finding.Score, 0.95, 1);
    }

    /// <summary>The features of two pictures are alike to those of a third, not to one another's: it holds them together.</summary>
    [Fact]
    public void Examine_PictureBetweenTwoOthers_HasALinkToEach()
    {
        using var bitmap = TestPictures.Draw(color: 1, seed: 1003);
        using var canvas = new SKCanvas(bitmap);
        foreach (var place in Enumerable.Range(0, 3))
        {
            using var paint = new SKPaint { Color = new SKColor((byte)(place * CornerFeatures.Step), 0, 0) };
            canvas.DrawRect(0, 0, 20, 20, paint);
            _pictures.Add(place == 2 ? "blue" : "red", $"{place}.png", bitmap);
        }

        var findings = Examine(_pictures.Images, new DoctorOptions { Features = new CornerFeatures() }).Findings;

        Assert.Equal(
            ["2.png 0.png", "2.png 1.png"],
            findings.Where(finding => finding.Kind == FindingKind.NearDuplicate)
                .Select(finding => $"{Name(finding.Image)} {Name(finding.Other!)}").Order());
        Assert.Equal(3, findings.Count(finding => finding.Kind == FindingKind.TwoLabels));

        static string Name(DoctorImage image) => Path.GetFileName(image.ImagePath);
    }

    [Fact]
    public void Examine_FlatPictures_AreNotNearlyTheSame()
    {
        _pictures.Add("red", "a.png", Flat(SKColors.DarkRed));
        _pictures.Add("red", "b.png", Flat(SKColors.Red));

        Assert.DoesNotContain(Examine(_pictures.Images, WithFeatures).Findings, finding => finding.Other is not null);
    }

    [Fact]
    public void Examine_SameImageInTwoClasses_SaysSoOfBoth()
    {
        var red = _pictures.Add("red", "a.png", color: 2, seed: 1);
        var blue = _pictures.Add("blue", "a.png", File.ReadAllBytes(red.ImagePath));

        var findings = Examine(_pictures.Images).Findings.Where(finding => finding.Kind == FindingKind.TwoLabels);

        Assert.Equal([(blue, red), (red, blue)], findings.Select(finding => (finding.Image, finding.Other!)));
    }

    [Fact]
    public void Examine_SameImageInTwoParts_IsLeak()
    {
        var training = _pictures.Add("red", "a.png", color: 2, seed: 1, part: "train");
        _pictures.Add("red", "b.png", color: 2, seed: 2, part: "train");
        var test = _pictures.Add("red", "c.png", File.ReadAllBytes(training.ImagePath), part: "test");

        var findings = Examine(_pictures.Images).Findings.Where(finding => finding.Kind == FindingKind.Leak);

        Assert.Equal([(test, training), (training, test)], findings.Select(finding => (finding.Image, finding.Other!)));
    }

    [Fact]
    public void Examine_SameImageTwiceInAPart_IsNoLeak()
    {
        var first = _pictures.Add("red", "a.png", color: 2, seed: 1, part: "train");
        _pictures.Add("red", "b.png", File.ReadAllBytes(first.ImagePath), part: "train");

        Assert.DoesNotContain(Examine(_pictures.Images).Findings, finding => finding.Kind == FindingKind.Leak);
    }

    [Fact]
    public void Examine_BadPictures_EachIsFoundOnce()
    {
        _pictures.AddClasses(each: 8);
        var dark = _pictures.Add("red", "dark.png", Flat(new SKColor(20, 10, 10)));
        var bright = _pictures.Add("red", "bright.png", Flat(new SKColor(250, 250, 250)));
        var blurred = _pictures.Add("red", "blurred.png", Ramp());
        var tiny = _pictures.Add("red", "tiny.png", color: 2, seed: 90, width: 12, height: 12);
        var odd = _pictures.Add("red", "odd.png", color: 2, seed: 91, width: 640, height: 80);
        var cut = _pictures.Add("red", "cut.png", File.ReadAllBytes(odd.ImagePath)[..200]);
        var gone = new DoctorImage(Path.Combine(_pictures.Folder, "gone.png"), "red");

        var findings = Examine([.. _pictures.Images, gone]).Findings;

        string[] expected =
        [
            "Blurred blurred.png", "OddAspect odd.png", "Tiny tiny.png", "TooBright bright.png", "TooDark dark.png", "Unreadable cut.png",
            "Unreadable gone.png",
        ];
        var found = findings.Select(finding => $"{finding.Kind} {Path.GetFileName(finding.Image.ImagePath)}");
        Assert.Equal(expected, found.Order(StringComparer.Ordinal));
        Assert.Equal("the file ends before the image does.", findings.Single(finding => finding.Image == cut).Suggestion);
        Assert.Equal("12 × 12 pixels", findings.Single(finding => finding.Image == tiny).Suggestion);
        Assert.All(findings, finding => Assert.InRange(finding.Score, 0, 1));
    }

    [Fact]
    public void Examine_Stranger_IsOutlier()
    {
        _pictures.AddClasses(each: 12);
        var stranger = _pictures.Add("red", "grey.png", HalfWhite());

        var findings = Examine(_pictures.Images, WithFeatures).Findings;

        Assert.Equal(stranger, findings.First(finding => finding.Kind == FindingKind.Outlier).Image);
    }

    [Fact]
    public void Examine_OneClass_SaysThatLabelsWereNotChecked()
    {
        _pictures.Add("red", "a.png", color: 2, seed: 1);
        _pictures.Add("red", "b.png", color: 2, seed: 2);

        var diagnosis = Examine(_pictures.Images, WithFeatures);

        Assert.Contains(diagnosis.Notes, note => note.StartsWith("Wrong labels were not looked for", StringComparison.Ordinal));
        Assert.All(diagnosis.Images, image => Assert.Null(image.WrongLabelScore));
    }

    /// <summary>The fewest that can be checked: of some fifths nothing is held out, and some see one class only.</summary>
    [Fact]
    public void Examine_TwoClassesOfTwoImages_ChecksAllFour()
    {
        _pictures.Add("red", "a.png", color: 2, seed: 1);
        _pictures.Add("red", "b.png", color: 2, seed: 2);
        _pictures.Add("blue", "a.png", color: 0, seed: 3);
        _pictures.Add("blue", "b.png", color: 0, seed: 4);

        var diagnosis = Examine(_pictures.Images, WithFeatures);

        Assert.All(diagnosis.Images, image => Assert.InRange(image.WrongLabelScore!.Value, 0, 1));
    }

    [Fact]
    public void Examine_ClassOfOneImage_IsLeftOutAndNamed()
    {
        _pictures.AddClasses(each: 6);
        var alone = _pictures.Add("<b>alone</b>", "a.png", color: 2, seed: 1);
        _pictures.Add("<b>alone</b>", "b.png", File.ReadAllBytes(alone.ImagePath));

        var diagnosis = Examine(_pictures.Images, WithFeatures);

        Assert.Contains("Labels of classes with only one image were not checked: <b>alone</b>.", diagnosis.Notes);
        Assert.Null(diagnosis.Images.Single(image => image.Image == alone).WrongLabelScore);
        Assert.NotNull(diagnosis.Images[0].WrongLabelScore);
    }

    [Fact]
    public void Examine_NoFeatures_SaysWhatIsMissing()
    {
        _pictures.AddClasses(each: 3);

        var diagnosis = Examine(_pictures.Images);

        Assert.Contains("no features", Assert.Single(diagnosis.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Examine_FeaturesThatAreNoNumbers_StillExaminesTheRest()
    {
        _pictures.AddClasses(each: 8);

        var diagnosis = Examine(_pictures.Images, new DoctorOptions { Features = new NoNumbers() });

        Assert.Equal(_pictures.Images.Count, diagnosis.Images.Count(image => image.Error is null));
    }

    [Fact]
    public void Examine_NoImages_Throws() => Assert.Throws<ImageDataException>(() => Examine([]));

    [Fact]
    public void Examine_AllUnreadable_FindsThem()
    {
        _pictures.Add("red", "a.png", "no image"u8.ToArray());

        var diagnosis = Examine(_pictures.Images, WithFeatures);

        Assert.Equal(FindingKind.Unreadable, Assert.Single(diagnosis.Findings).Kind);
        Assert.Equal("it is not an image, or it is damaged.", diagnosis.Images[0].Error);
    }

    [Fact]
    public void Examine_CancelledWhileReading_Throws()
    {
        _pictures.AddClasses(each: 4);
        using var cancellation = new CancellationTokenSource();
        var options = WithFeatures with { Progress = new Cancelling(cancellation) };

        Assert.ThrowsAny<OperationCanceledException>(() => DataDoctor.Examine(_pictures.Images, options, cancellation.Token));
    }

    private static Diagnosis Examine(IReadOnlyList<DoctorImage> images, DoctorOptions? options = null) =>
        DataDoctor.Examine(images, options, TestContext.Current.CancellationToken);

    private static SKBitmap Flat(SKColor color)
    {
        var bitmap = new SKBitmap(160, 160);
        bitmap.Erase(color);
        return bitmap;
    }

    private static SKBitmap Ramp()
    {
        var bitmap = new SKBitmap(160, 160);
        for (var y = 0; y < bitmap.Height; y++)
        {
            for (var x = 0; x < bitmap.Width; x++)
            {
                bitmap.SetPixel(x, y, new SKColor((byte)(40 + x), (byte)(20 + y), 30));
            }
        }

        return bitmap;
    }

    private static SKBitmap HalfWhite()
    {
        var bitmap = Flat(SKColors.Black);
        using var canvas = new SKCanvas(bitmap);
        using var paint = new SKPaint { Color = SKColors.White };
        canvas.DrawRect(0, 0, 80, 80, paint);
        return bitmap;
    }

    private sealed class Cancelling(CancellationTokenSource cancellation) : IProgress<int>
    {
        public void Report(int value) => cancellation.Cancel();
    }

    /// <summary>By the red of the corner: right, up, and halfway between the two.</summary>
    private sealed class CornerFeatures : IImageFeatures
    {
        public const int Step = 100;

        public int ImageSize => 16;

        public int Width => 2;

        public void Compute(ReadOnlySpan<byte> pixels, Span<float> features)
        {
            var place = (int)Math.Round(pixels[0] / (double)Step);
            (features[0], features[1]) = (place == 1 ? 0 : 1, place == 0 ? 0 : 1);
        }
    }

    private sealed class NoNumbers : IImageFeatures
    {
        public int ImageSize => 16;

        public int Width => 4;

        public void Compute(ReadOnlySpan<byte> pixels, Span<float> features) => features.Fill(float.NaN);
    }
}
