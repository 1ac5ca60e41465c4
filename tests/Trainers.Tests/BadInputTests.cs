using Microsoft.Extensions.Logging;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Devices;
using MLVision.Trainers;
using MLVision.Trainers.Models;
using TestImages;

namespace Trainers.Tests;

/// <summary>What <see cref="ImageClassificationEstimator"/> says to data it cannot use.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TinyImages _images = new();

    public void Dispose() => _images.Dispose();

    [Fact]
    public void Fit_UnreadableImages_SkipsAndListsThem()
    {
        var rows = _images.Rows(TinyImages.Labels);
        string[] bad = [SpoilEmpty(rows[1]), SpoilText(rows[4]), SpoilMissing(rows[11])];
        var logger = new RecordingLogger();

        using var model = _images.Classifier(TinyImages.Options with { Logger = logger }).Fit(_images.View(rows));

        Assert.Equal(bad, model.SkippedImages.Select(skipped => skipped.Image));
        Assert.Equal(
            ["the file is empty.", "it is not an image, or it is damaged.", "the file does not exist."],
            model.SkippedImages.Select(skipped => skipped.Reason));
        var warnings = logger.Lines.Where(line => line.Level == LogLevel.Warning).Select(line => line.Message);
        Assert.Equal(model.SkippedImages.Select(s => $"Skipped unreadable image {s.Image}: {s.Reason}"), warnings.Take(bad.Length));
    }

    [Fact]
    public void Fit_UnreadableImages_TrainsAsIfTheyWereNotThere()
    {
        var rows = _images.Rows(TinyImages.Labels);
        SpoilText(rows[4]);
        var spoilt = _images.View(rows);
        var rest = _images.View(rows.Where((_, i) => i != 4));
        using var expected = _images.Classifier().Fit(rest);

        using var model = _images.Classifier().Fit(spoilt);

        Assert.Equal(TinyImages.Scores(expected, rest), TinyImages.Scores(model, rest));
    }

    /// <summary>Its header is whole and its pixels are missing: had it been decoded, it would be called damaged.</summary>
    [Fact]
    public void Fit_ImageThatClaimsBillionsOfPixels_SkipsItUndecoded()
    {
        var rows = _images.Rows(TinyImages.Labels);
        File.WriteAllBytes(rows[3].ImagePath, PngHeader.Claiming(60_000, 60_000));

        using var model = _images.Classifier().Fit(_images.View(rows));

        var skipped = Assert.Single(model.SkippedImages);
        Assert.Equal(
            (rows[3].ImagePath, "it claims 60000×60000 pixels; the limit is 134,217,728 pixels in all."), (skipped.Image, skipped.Reason));
    }

    /// <summary>The loader knows the folder; the path column has another name than ours.</summary>
    [Theory]
    [InlineData(".png")]
    [InlineData(".jpg")]
    [InlineData(".gif")]
    [InlineData(".bmp")]
    [InlineData(".webp")]
    public void Fit_RelativePathOfABomb_SkipsItUndecoded(string ending)
    {
        var rows = _images.Rows(TinyImages.Labels).Select(row => new NamedRow { File = Path.GetFileName(row.ImagePath), Label = row.Label })
            .ToList();
        rows[3].File = Path.GetFileName(_images.Files.AddFile("bomb" + ending, ImageHeaders.Claiming(ending, 16383, 16383)));
        var view = _images.ML.Data.LoadFromEnumerable(rows);
        var toImages = _images.ML.Transforms.Conversion.MapValueToKey("Label")
            .Append(_images.ML.Transforms.LoadImages("Image", _images.Files.Folder, "File"));

        using var model = _images.Classifier().Fit(toImages.Fit(view).Transform(view));

        Assert.Equal(
            [("bomb" + ending, "it claims 16383×16383 pixels; the limit is 134,217,728 pixels in all.")],
            model.SkippedImages.Select(skipped => (skipped.Image, skipped.Reason)));
    }

    [Fact]
    public void Fit_AsManyUnreadableImagesAsAllowed_Trains()
    {
        var rows = _images.Rows(TinyImages.Labels);
        SpoilEmpty(rows[0]);
        SpoilText(rows[1]);

        using var model = _images.Classifier(TinyImages.Options with { MaxSkippedImages = 2 }).Fit(_images.View(rows));

        Assert.Equal(2, model.SkippedImages.Count);
    }

    [Fact]
    public void Fit_OneUnreadableImageTooMany_NamesTheLimitAndTheImage()
    {
        var rows = _images.Rows(TinyImages.Labels);
        string[] bad = [SpoilEmpty(rows[0]), SpoilText(rows[1])];

        var error = Assert.Throws<ImageDataException>(
            () => _images.Classifier(TinyImages.Options with { MaxSkippedImages = 1 }).Fit(_images.View(rows)));

        Assert.StartsWith("Too many unreadable images (MaxSkippedImages is 1): ", error.Message, StringComparison.Ordinal);
        Assert.Contains(bad, path => error.Message.Contains(path, StringComparison.Ordinal));
    }

    [Fact]
    public void Fit_EmptyImagePath_SkipsTheRow()
    {
        var rows = _images.Rows(TinyImages.Labels);
        rows[2].ImagePath = "";

        using var model = _images.Classifier().Fit(_images.View(rows));

        Assert.Equal(["row 2"], model.SkippedImages.Select(skipped => skipped.Image));
    }

    [Fact]
    public void Fit_DamagedImageInAFolderOfTheLoader_IsNotCalledMissing()
    {
        var rows = _images.Rows(["rose", "tulip", "rose", "tulip", "rose"]);
        SpoilText(rows[2]);
        foreach (var row in rows)
        {
            row.ImagePath = Path.GetFileName(row.ImagePath);
        }

        var view = _images.ML.Data.LoadFromEnumerable(rows);
        var toImages = _images.ML.Transforms.Conversion.MapValueToKey("Label")
            .Append(_images.ML.Transforms.LoadImages("Image", _images.Files.Folder, "ImagePath"));

        using var model = _images.Classifier().Fit(toImages.Fit(view).Transform(view));

        var skipped = Assert.Single(model.SkippedImages);
        Assert.Equal("002.jpg", skipped.Image);
        Assert.DoesNotContain("does not exist", skipped.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_MissingLabel_SkipsTheRow()
    {
        var rows = _images.Rows<float>([1, 2, 1, 2, 1, 2]);
        rows[3].Label = float.NaN;
        var logger = new RecordingLogger();

        using var model = _images.Classifier(TinyImages.Options with { Logger = logger }).Fit(_images.View(rows));

        Assert.Equal([(rows[3].ImagePath, "its label is missing or unknown.")], model.SkippedImages.Select(s => (s.Image, s.Reason)));
        Assert.Contains($"Left out image {rows[3].ImagePath}: its label is missing or unknown.", logger.Lines.Select(line => line.Message));
    }

    [Fact]
    public void Fit_MissingLabelBesideAnUnreadableImage_CountsThemApart()
    {
        var rows = _images.Rows<float>([1, 2, 1, 2, 1, 2]);
        rows[3].Label = float.NaN;
        File.WriteAllBytes(rows[4].ImagePath, []);

        using var model = _images.Classifier(TinyImages.Options with { MaxSkippedImages = 1 }).Fit(_images.View(rows));

        Assert.Equal([rows[3].ImagePath, rows[4].ImagePath], model.SkippedImages.Select(s => s.Image));
    }

    [Fact]
    public void Fit_OneMissingLabelTooMany_SaysThatLabelsAreMissing()
    {
        var rows = _images.Rows<float>([1, 2, 1, 2, 1, 2]);
        (rows[3].Label, rows[4].Label) = (float.NaN, float.NaN);

        var error = Assert.Throws<ImageDataException>(
            () => _images.Classifier(TinyImages.Options with { MaxSkippedImages = 1 }).Fit(_images.View(rows)));

        Assert.StartsWith("Too many images without a label (MaxSkippedImages is 1): ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_OneClass_NamesIt()
    {
        var view = _images.Labelled(["rose", "rose", "rose"]);

        var error = Assert.Throws<ImageDataException>(() => _images.Classifier().Fit(view));

        Assert.Equal(
            "Training needs at least two classes, but there is only 'rose': add images of what it is to be told from.", error.Message);
    }

    [Fact]
    public void Fit_ReadableImagesOfOneClassOnly_Throws()
    {
        var rows = _images.Rows(["rose", "tulip", "rose"]);
        SpoilEmpty(rows[1]);

        var error = Assert.Throws<ImageDataException>(() => _images.Classifier().Fit(_images.View(rows)));

        Assert.Equal(
            $"The class 'tulip' has lost its only image, which cannot be read: {rows[1].ImagePath}, the file is empty. Repair it, or " +
            "leave the class out.",
            error.Message);
    }

    [Fact]
    public void Fit_NothingReadable_SaysThatTwoClassesAreNeeded()
    {
        var rows = _images.Rows(["rose", "tulip", "rose"]);
        Array.ForEach(rows, row => SpoilEmpty(row));

        var error = Assert.Throws<ImageDataException>(() => _images.Classifier().Fit(_images.View(rows)));

        Assert.StartsWith("Training needs readable images of at least two classes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_ThirdClassUnreadable_IsNoClass()
    {
        var rows = _images.Rows(TinyImages.Labels);
        foreach (var row in rows.Where(row => row.Label == "daisy"))
        {
            SpoilEmpty(row);
        }

        var error = Assert.Throws<ImageDataException>(() => _images.Classifier().Fit(_images.View(rows)));

        Assert.StartsWith(
            "The class 'daisy' has lost all of its 4 images, which cannot be read: ", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The mapping knows a class of which there are no rows: absent is not lost.</summary>
    [Fact]
    public void Fit_ClassWithoutRows_TrainsAndWarns()
    {
        var rows = _images.Rows(TinyImages.Labels);
        var mapping = _images.ML.Transforms.Conversion.MapValueToKey("Label").Append(_images.LoadImages())
            .Fit(_images.ML.Data.LoadFromEnumerable(rows));
        var some = mapping.Transform(_images.ML.Data.LoadFromEnumerable(rows.Where(row => row.Label != "daisy")));
        var logger = new RecordingLogger();

        using var model = _images.Classifier(TinyImages.Options with { Logger = logger }).Fit(some);

        Assert.Equal(["tulip", "rose", "daisy"], model.Labels);
        Assert.Contains(logger.Lines, line => line.Message == "There are no images to learn these classes from: daisy.");
    }

    [Fact]
    public void Fit_NoUsableValidationImage_NamesTheFirst()
    {
        var view = _images.Labelled(TinyImages.Labels);
        var held = _images.Rows(TinyImages.Labels);
        Array.ForEach(held, row => row.ImagePath += ".gone");

        var error = Assert.Throws<ImageDataException>(() => _images.Classifier().Fit(view, _images.View(held)));

        Assert.Equal($"Not one of the 12 validation images can be used: {held[0].ImagePath}, the file does not exist.", error.Message);
    }

    [Fact]
    public void Fit_NameInTwoForms_AsksForOne()
    {
        var view = _images.Labelled(["Ga\u0308nse", "Tulpe", "G\u00E4nse", "Tulpe"]);

        var error = Assert.Throws<ColumnMismatchException>(() => _images.Classifier().Fit(view));

        Assert.StartsWith(
            "The label column 'Label' has the name 'G\u00E4nse' in two Unicode forms", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_ListMadeOnWindows_NamesTheBackslashes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Backslashes are right there.");
        var view = _images.View(
            Enumerable.Range(0, 30)
                .Select(i => new TinyImages.LabeledRow<string> { ImagePath = $"roses\\{i}.jpg", Label = i % 2 == 0 ? "a" : "b" }));

        var error = Assert.Throws<ImageDataException>(() => _images.Classifier().Fit(view));

        Assert.Equal(
            "Training needs readable images of at least two classes, but 30 of 30 images cannot be used: roses\\0.jpg, " +
            "the file does not exist; its path has backslashes, which separate folders only on Windows: write / instead.",
            error.Message);
    }

    [Fact]
    public void Fit_NoRows_Throws()
    {
        var view = _images.View(Array.Empty<TinyImages.LabeledRow<string>>().AsEnumerable());

        Assert.ThrowsAny<ImageClassificationException>(() => _images.Classifier().Fit(view));
    }

    [Fact]
    public void Fit_LabelThatIsNoKey_NamesTheRemedy()
    {
        var view = Unmapped();

        var error = Assert.Throws<ColumnMismatchException>(() => _images.Classifier().Fit(view));

        Assert.Equal(
            "The label column 'Label' must be a key of known size but is String; map it with MapValueToKey(\"Label\").", error.Message);
    }

    [Fact]
    public void GetOutputSchema_LabelThatIsNoKey_NamesTheRemedy()
    {
        var shape = SchemaShapes.Of(Unmapped().Schema);

        var error = Assert.Throws<ColumnMismatchException>(() => _images.Classifier().GetOutputSchema(shape));

        Assert.Equal("The label column 'Label' must be a key but is String; map it with MapValueToKey(\"Label\").", error.Message);
    }

    [Fact]
    public void Fit_LabelKeyOfBytes_IsNoKeyItTakes()
    {
        var rows = _images.Rows<byte>([1, 2, 1, 2]).Select(r => new ByteKeyedRow { ImagePath = r.ImagePath, Label = r.Label }).ToArray();
        var view = _images.ML.Data.LoadFromEnumerable(rows);
        var images = _images.LoadImages().Fit(view).Transform(view);

        var error = Assert.Throws<ColumnMismatchException>(() => _images.Classifier().Fit(images));

        Assert.Contains("'Label'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_ImageColumnOfText_NamesWhatIsExpected()
    {
        var view = _images.Labelled(TinyImages.Labels);

        var error = Assert.Throws<ColumnMismatchException>(
            () => _images.Classifier(TinyImages.Options with { ImageColumnName = "ImagePath" }).Fit(view));

        Assert.Equal(
            "The image column 'ImagePath' must hold images (LoadImages) or pixels (ExtractPixels, red, green and blue), but is String.",
            error.Message);
    }

    [Theory]
    [InlineData("Label", "Picture", "Picture")]
    [InlineData("Class", "Image", "Class")]
    public void Fit_MissingColumn_NamesIt(string label, string image, string missing)
    {
        var view = _images.Labelled(TinyImages.Labels);
        var classifier = _images.Classifier(TinyImages.Options with { LabelColumnName = label, ImageColumnName = image });

        var error = Assert.Throws<ColumnMismatchException>(() => classifier.Fit(view));

        Assert.Equal($"The data has no column '{missing}'; it has {Columns(view.Schema)}.", error.Message);
    }

    [Theory]
    [InlineData(
        "Label", "Picture", "Picture",
        " Or a cache before this step hides columns of images: put it before LoadImages, or leave it out; pixels are kept anyway.")]
    [InlineData("Class", "Image", "Class", "")]
    public void GetOutputSchema_MissingColumn_NamesIt(string label, string image, string missing, string hint)
    {
        var schema = _images.Labelled(TinyImages.Labels).Schema;
        var classifier = _images.Classifier(TinyImages.Options with { LabelColumnName = label, ImageColumnName = image });

        var error = Assert.Throws<ColumnMismatchException>(() => classifier.GetOutputSchema(SchemaShapes.Of(schema)));

        Assert.Equal($"The data has no column '{missing}'; it has {Columns(schema)}.{hint}", error.Message);
    }

    [Fact]
    public void Fit_MisspeltColumn_NamesTheNearest()
    {
        var classifier = _images.Classifier(TinyImages.Options with { ImageColumnName = "image" });

        var error = Assert.Throws<ColumnMismatchException>(() => classifier.Fit(_images.Labelled(TinyImages.Labels)));

        Assert.EndsWith(": did you mean 'Image'?", error.Message, StringComparison.Ordinal);
    }

    private static string Columns(Microsoft.ML.DataViewSchema schema) =>
        string.Join(", ", schema.Where(column => !column.IsHidden).Select(column => $"'{column.Name}'"));

    [Fact]
    public void Fit_ValidationWithoutTheColumns_Throws()
    {
        var view = _images.Labelled(TinyImages.Labels);

        Assert.Throws<ColumnMismatchException>(() => _images.Classifier().Fit(view, validation: Unmapped()));
    }

    [Theory]
    [InlineData("tulip", "rose")]
    [InlineData("rose", "tulip", "daisy")]
    [InlineData("rose")]
    public void Fit_ValidationWithOtherLabels_Throws(params string[] validation)
    {
        var view = _images.Labelled(["rose", "tulip", "rose", "tulip"]);
        var other = _images.Labelled(validation);

        var error = Assert.Throws<ColumnMismatchException>(() => _images.Classifier().Fit(view, other));

        Assert.Contains("'Label'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tensorrt:0")]
    [InlineData("openvino")]
    [InlineData("directml:0")]
    [InlineData("coreml")]
    public void ImageClassifier_DeviceThatOnlyScores_SaysWhatTrains(string device)
    {
        var options = TinyImages.Options with { Device = ComputeDevice.Parse(device) };

        var error = Assert.Throws<OptionOutOfRangeException>("Device", () => _images.Classifier(options));

        Assert.StartsWith(
            "Device must be auto, cpu or cuda:0, which libtorch trains on; the other devices only score.", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_DeviceThatIsNotThere_ThrowsBeforeAnyImageIsRead()
    {
        var rows = _images.Rows(["rose", "tulip"]);
        SpoilEmpty(rows[0]);
        SpoilEmpty(rows[1]);
        var classifier = _images.Classifier(TinyImages.Options with { Device = ComputeDevice.Cuda(99) });

        var error = Assert.Throws<DeviceUnavailableException>(() => classifier.Fit(_images.View(rows)));

        Assert.StartsWith("cuda:99 is not there; this machine has cpu", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_EarlyStoppingWithoutImagesToCheckOn_ThrowsBeforeAnyImageIsRead()
    {
        var rows = _images.Rows(["rose", "tulip"]);
        SpoilEmpty(rows[0]);
        SpoilEmpty(rows[1]);
        var classifier = _images.Classifier(TinyImages.Options with { EarlyStoppingEpochs = 3, ValidationFraction = 0 });

        var error = Assert.Throws<OptionOutOfRangeException>("EarlyStoppingEpochs", () => classifier.Fit(_images.View(rows)));

        Assert.StartsWith(
            "EarlyStoppingEpochs must be left out where there are no images to check epochs on: make ValidationFraction larger than 0, " +
            "or give validation images to Fit.",
            error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_EarlyStoppingWithValidationImages_Trains()
    {
        var view = _images.Labelled(TinyImages.Labels);

        using var model = _images.Classifier(TinyImages.Options with { EarlyStoppingEpochs = 3, ValidationFraction = 0 }).Fit(view, view);

        Assert.NotNull(Assert.Single(model.History).ValidationLoss);
    }

    /// <summary>A tenth of four images rounds to none.</summary>
    [Fact]
    public void Fit_EarlyStoppingWithTooFewImagesToHoldOneOut_Throws()
    {
        var classifier = _images.Classifier(TinyImages.Options with { EarlyStoppingEpochs = 3, ValidationFraction = 0.1 });

        var error = Assert.Throws<ImageDataException>(() => classifier.Fit(_images.Labelled(TinyImages.Labels)));

        Assert.Equal(
            "There are too few images of each class to hold one out at a ValidationFraction of 0.1, so that EarlyStoppingEpochs would " +
            "never stop the training: leave it out, hold out a larger share, or give validation images.",
            error.Message);
    }

    [Fact]
    public void Fit_Null_Throws() => Assert.Throws<ArgumentNullException>(() => _images.Classifier().Fit(null!));

    [Fact]
    public void ImageClassifier_UnknownArchitecture_ListsTheKnownOnes()
    {
        var error = Assert.Throws<UnknownArchitectureException>(() => _images.ML.Transforms.ImageClassifier("resnet19"));

        Assert.StartsWith("Unknown architecture 'resnet19'; known are alexnet, vgg11, ", error.Message, StringComparison.Ordinal);
        Assert.Equal(ImageModels.All.Select(model => model.Name), error.Known);
    }

    private static string SpoilEmpty(TinyImages.LabeledRow<string> row)
    {
        File.WriteAllBytes(row.ImagePath, []);
        return row.ImagePath;
    }

    private static string SpoilText(TinyImages.LabeledRow<string> row)
    {
        var path = Path.ChangeExtension(row.ImagePath, ".jpg");
        File.WriteAllText(path, "This is a text in a file named as if it were an image.");
        return row.ImagePath = path;
    }

    private static string SpoilMissing(TinyImages.LabeledRow<string> row)
    {
        File.Delete(row.ImagePath);
        return row.ImagePath;
    }

    private IDataView Unmapped()
    {
        var view = _images.ML.Data.LoadFromEnumerable(_images.Rows(TinyImages.Labels));
        return _images.LoadImages().Fit(view).Transform(view);
    }

    private sealed class NamedRow
    {
        public string File { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class ByteKeyedRow
    {
        public string ImagePath { get; set; } = "";

        [KeyType(2)]
        public byte Label { get; set; }
    }
}
