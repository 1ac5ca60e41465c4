using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.Trainers.Options;
using TestImages;

namespace Trainers.Tests;

public sealed class ImageClassificationEstimatorTests : IDisposable
{
    private readonly TinyImages _images = new();

    public void Dispose() => _images.Dispose();

    [Fact]
    public void Fit_TextLabels_PredictsKeysOfThem() => AssertPredictsKeysOf(
        ["tulip", "rose", "daisy", "rose", "tulip", "daisy"], ["tulip", "rose", "daisy"], text => text.AsMemory());

    [Fact]
    public void Fit_FloatLabels_PredictsKeysOfThem() =>
        AssertPredictsKeysOf([2.5f, -1f, 0.25f, 2.5f, -1f, 0.25f], ["2.5", "-1", "0.25"], value => value);

    [Fact]
    public void Fit_IntLabels_PredictsKeysOfThem() => AssertPredictsKeysOf([30, 10, 20, 10, 20, 30], ["30", "10", "20"], value => value);

    [Fact]
    public void Fit_BoolLabels_PredictsKeysOfThem() =>
        AssertPredictsKeysOf([true, false, true, false], ["True", "False"], value => value);

    [Fact]
    public void Fit_KeysWithoutValues_NamesTheClassesFromOne()
    {
        var view = KeyedView((path, key) => new KeyedRow { ImagePath = path, Label = key });

        using var model = _images.Classifier().Fit(view);

        Assert.Equal(["1", "2", "3"], model.Labels);
        AssertPredictsTheLargestScore(model, view);
    }

    [Fact]
    public void Fit_TwoEpochs_TellsOfEach()
    {
        var view = _images.Labelled(TinyImages.Labels);

        using var model = _images.Classifier(TinyImages.Options with { Epochs = 2 }).Fit(view);

        Assert.Equal([1, 2], model.History.Select(epoch => epoch.Epoch));
        Assert.All(model.History, epoch => Assert.Null(epoch.ValidationAccuracy));
    }

    [Fact]
    public void Fit_ValidationFraction_ChecksOnImagesHeldOut()
    {
        var view = _images.Labelled(TinyImages.Labels);
        var progress = new RecordingProgress();

        using var model = _images.Classifier(TinyImages.Options with { ValidationFraction = 0.25, Progress = progress }).Fit(view);

        // One of each class' four images is held out, so its accuracy is a number of thirds; nine stay, two batches of four and one left
        // out.
        var accuracy = Assert.Single(model.History).ValidationAccuracy;
        Assert.Contains(accuracy, new double?[] { 0, 1 / 3.0, 2 / 3.0, 1 });
        Assert.Equal(2, progress.Reports.Count);
        Assert.Equal((9, 3, "cpu"), (model.Training.Images, model.Training.ValidationImages, model.Training.Device));
        Assert.Equal(["daisy", "rose", "tulip"], model.Training.HeldOutRows.Select(row => TinyImages.Labels[row]).Order());
        Assert.Equal("4", model.Training.Recipe.Single(value => value.Key == "BatchSize").Value);
        Assert.Same(model.History[0], model.Training.Returned);
    }

    [Fact]
    public void Fit_ValidationView_ChecksOnItAndLearnsFromTheRest()
    {
        var view = _images.Labelled(TinyImages.Labels);
        var progress = new RecordingProgress();

        using var model = _images.Classifier(TinyImages.Options with { ValidationFraction = 0.25, Progress = progress })
            .Fit(view, validation: view);

        Assert.NotNull(Assert.Single(model.History).ValidationAccuracy);
        Assert.Equal(3, progress.Reports.Count);    // all twelve images in batches of four
        Assert.Equal((12, 12), (model.Training.Images, model.Training.ValidationImages));
        Assert.Empty(model.Training.HeldOutRows);
    }

    [Fact]
    public void Fit_Progress_GetsEveryStep()
    {
        var view = _images.Labelled(TinyImages.Labels.Take(10).ToArray());
        var progress = new RecordingProgress();

        using var model = _images.Classifier(TinyImages.Options with { Epochs = 2, Progress = progress }).Fit(view);

        Assert.Equal(
            [(1, 2, 1, 3), (1, 2, 2, 3), (1, 2, 3, 3), (2, 2, 1, 3), (2, 2, 2, 3), (2, 2, 3, 3)],
            progress.Reports.Select(r => (r.Epoch, r.Epochs, r.Step, r.Steps)));
        Assert.All(progress.Reports, report => Assert.True(report.Loss > 0 && report.ImagesPerSecond > 0, report.ToString()));
    }

    [Fact]
    public void Fit_Logger_IsToldOfThePixelsTheDeviceAndEveryEpoch()
    {
        var view = _images.Labelled(TinyImages.Labels);
        var logger = new RecordingLogger();

        using var model = _images.Classifier(TinyImages.Options with { Epochs = 2, Logger = logger }).Fit(view);

        Assert.Collection(
            logger.Lines.Select(line => line.Message),
            line => Assert.StartsWith(
                "Pixels are normalised by the mean 0.485, 0.456, 0.406 and the standard deviation", line, StringComparison.Ordinal),
            line => Assert.Equal("12 images, 2.3 kB of pixels in memory.", line),    // 12 · 8² · 3 bytes
            line => Assert.Equal(
                "Training resnet20 on cpu: 12 images, 0 held out for validation, 3 classes, 8 pixels wide and high.", line),
            line => Assert.StartsWith("Classes with fewer than 10 images: tulip (4), rose (4), daisy (4).", line, StringComparison.Ordinal),
            line => Assert.StartsWith("No weights are named, so resnet20 starts from random ones.", line, StringComparison.Ordinal),
            line => Assert.StartsWith("resnet20 starts from random weights and has only 12 images", line, StringComparison.Ordinal),
            line => Assert.StartsWith("Computing on the CPU: ", line, StringComparison.Ordinal),
            line => Assert.StartsWith("Recipe: everything, 2 epochs by Sgd at up to 0.05 (Cosine); ", line, StringComparison.Ordinal),
            line => Assert.StartsWith("Epoch 1/2: loss ", line, StringComparison.Ordinal),
            line => Assert.StartsWith("Epoch 2/2: loss ", line, StringComparison.Ordinal),
            line => Assert.StartsWith("The temperature is left at 1: to fit it takes 50 images, ", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Fit_MLContextLog_IsToldOfEveryEpoch()
    {
        var lines = new List<string>();
        var view = _images.Labelled(TinyImages.Labels);
        _images.ML.Log += (_, e) => lines.Add(e.Message);

        using var model = _images.Classifier().Fit(view);

        Assert.Contains(lines, line => line.Contains("Epoch 1/1: loss ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Fit_PixelVector_ScoresAsTheImageDoes(bool interleaved, bool floats)
    {
        const double Tolerance = 1e-5;    // the contract's; the pixels are the same bytes and the seed is the same
        var imageView = _images.Labelled(TinyImages.Labels);
        var toPixels = _images.ML.Transforms.ResizeImages("Image", TinyImages.Size, TinyImages.Size)
            .Append(_images.ML.Transforms.ExtractPixels("Image", interleavePixelColors: interleaved, outputAsFloatArray: floats));
        var pixelView = toPixels.Fit(imageView).Transform(imageView);
        using var ofImages = _images.Classifier().Fit(imageView);

        using var ofPixels = _images.Classifier(TinyImages.Options with { ImageSize = null }).Fit(pixelView);

        AssertClose(TinyImages.Scores(ofImages, imageView), TinyImages.Scores(ofPixels, pixelView), Tolerance);
    }

    [Fact]
    public void Fit_SameSeed_GivesTheSameScores()
    {
        var view = _images.Labelled(TinyImages.Labels);
        using var first = _images.Classifier().Fit(view);

        using var second = _images.Classifier().Fit(view);

        Assert.Equal(TinyImages.Scores(first, view), TinyImages.Scores(second, view));
    }

    [Fact]
    public void Fit_StrongAugmentation_GivesTheSameScoresForTheSameSeed()
    {
        var view = _images.Labelled(TinyImages.Labels);
        var options = TinyImages.Options with { Augmentation = AugmentationOptions.Strong };
        using var first = _images.Classifier(options).Fit(view);
        using var light = _images.Classifier(options with { Augmentation = AugmentationOptions.Light }).Fit(view);

        using var second = _images.Classifier(options).Fit(view);

        Assert.Equal(TinyImages.Scores(first, view), TinyImages.Scores(second, view));
        Assert.NotEqual(TinyImages.Scores(light, view), TinyImages.Scores(second, view));
    }

    [Fact]
    public void Fit_PixelsInAFile_GivesTheScoresOfPixelsInMemory()
    {
        var view = _images.Labelled(TinyImages.Labels);
        using var expected = _images.Classifier().Fit(view);

        using var model = _images.Classifier(TinyImages.Options with { PixelMemoryMegabytes = 0 }).Fit(view);

        Assert.Equal(TinyImages.Scores(expected, view), TinyImages.Scores(model, view));
    }

    [Fact]
    public void Fit_OtherSeed_GivesOtherScores()
    {
        var view = _images.Labelled(TinyImages.Labels);
        using var first = _images.Classifier().Fit(view);

        using var second = _images.Classifier(TinyImages.Options with { Seed = 2 }).Fit(view);

        Assert.NotEqual(TinyImages.Scores(first, view), TinyImages.Scores(second, view));
    }

    [Fact]
    public async Task Fit_TwoAtATime_GivesTheSameScoresAsAlone()
    {
        var view = _images.Labelled(TinyImages.Labels);
        ImageTrainingOptions[] options = [TinyImages.Options with { Epochs = 3 }, TinyImages.Options with { Epochs = 3, Seed = 2 }];
        var alone = options.Select(Score).ToArray();

        var together = await Task.WhenAll(options.Select(o => Task.Factory.StartNew(
            () => Score(o), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Equal(alone, together);

        float[][] Score(ImageTrainingOptions o)
        {
            using var model = _images.Classifier(o).Fit(view);
            return TinyImages.Scores(model, view);
        }
    }

    [Fact]
    public void GetOutputSchema_TextLabels_AgreesWithTheFittedTransformer() => AssertSchemasAgree(_images.Labelled(TinyImages.Labels));

    [Fact]
    public void GetOutputSchema_FloatLabels_AgreesWithTheFittedTransformer() =>
        AssertSchemasAgree(_images.Labelled([2.5f, -1f, 2.5f, -1f]));

    [Fact]
    public void GetOutputSchema_BoolLabels_AgreesWithTheFittedTransformer() =>
        AssertSchemasAgree(_images.Labelled([true, false, true, false]));

    [Fact]
    public void GetOutputSchema_KeysWithoutValues_AgreesWithTheFittedTransformer() =>
        AssertSchemasAgree(KeyedView((path, key) => new KeyedRow { ImagePath = path, Label = key }));

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void GetOutputSchema_PixelVector_AgreesWithTheFittedTransformer(bool interleaved, bool floats)
    {
        var view = _images.Labelled(TinyImages.Labels);
        var toPixels = _images.ML.Transforms.ResizeImages("Image", TinyImages.Size, TinyImages.Size)
            .Append(_images.ML.Transforms.ExtractPixels("Image", interleavePixelColors: interleaved, outputAsFloatArray: floats));

        AssertSchemasAgree(toPixels.Fit(view).Transform(view));
    }

    private void AssertPredictsKeysOf<T, TRead>(T[] labels, string[] names, Func<T, TRead> toRead)
        where T : notnull
    {
        var view = _images.Labelled(labels);

        using var model = _images.Classifier().Fit(view);

        var scored = model.Transform(view);
        VBuffer<TRead> labelValues = default, predictedValues = default;
        VBuffer<ReadOnlyMemory<char>> slotNames = default;
        view.Schema["Label"].GetKeyValues(ref labelValues);
        scored.Schema["PredictedLabel"].GetKeyValues(ref predictedValues);
        scored.Schema["Score"].GetSlotNames(ref slotNames);
        Assert.Equal(labels.Distinct().Select(toRead).Select(v => v!.ToString()), labelValues.DenseValues().Select(v => v!.ToString()));
        Assert.Equal(labelValues.DenseValues().Select(v => v!.ToString()), predictedValues.DenseValues().Select(v => v!.ToString()));
        Assert.Equal(names, slotNames.DenseValues().Select(name => name.ToString()));
        Assert.Equal(names, model.Labels);
        AssertPredictsTheLargestScore(model, view);
    }

    private static void AssertPredictsTheLargestScore(ITransformer model, IDataView view)
    {
        var best = TinyImages.Scores(model, view).Select(scores => (uint)(Array.IndexOf(scores, scores.Max()) + 1));

        Assert.Equal(best, TinyImages.PredictedKeys(model, view));
    }

    private void AssertSchemasAgree(IDataView view)
    {
        var estimator = _images.Classifier(TinyImages.Options with { ImageSize = null });

        var promised = estimator.GetOutputSchema(SchemaShapes.Of(view.Schema));

        using var model = estimator.Fit(view);
        var kept = SchemaShapes.Of(model.GetOutputSchema(view.Schema));
        Assert.Equal(kept.Select(Describe).Order(), promised.Select(Describe).Order());

        // The names of Score's slots stand in the ONNX file alone, and ML.NET's estimator does not promise them.
        static string Describe(SchemaShape.Column column) =>
            $"{column.Name}: {column.Kind} {column.ItemType} key:{column.IsKey} "
            + string.Join(", ", column.Annotations.Where(annotation => annotation.Name != "SlotNames").Select(Describe).Order());
    }

    private IDataView KeyedView<TRow>(Func<string, uint, TRow> row)
        where TRow : class
    {
        uint[] keys = [3, 1, 2, 3, 1, 2];
        var view = _images.ML.Data.LoadFromEnumerable(_images.Rows(keys).Select(r => row(r.ImagePath, r.Label)).ToArray());
        return _images.LoadImages().Fit(view).Transform(view);
    }

    /// <summary>Of small images little can be cut away, whatever size the architecture was made for.</summary>
    [Fact]
    public void Fit_SmallPixelsIntoALargeArchitecture_GetThePresetForSmallImages()
    {
        const int Small = 32;
        var logger = new RecordingLogger();
        var view = _images.Labelled(TinyImages.Labels);
        var pixels = _images.ML.Transforms.ResizeImages("Image", Small, Small)
            .Append(_images.ML.Transforms.ExtractPixels("Image", interleavePixelColors: true)).Fit(view).Transform(view);
        var options = TinyImages.Options with { ImageSize = null, Logger = logger };

        using var model = _images.Classifier("resnet18", options).Fit(pixels);

        Assert.Equal(Small, model.Metadata.ImageSize);
        var recipe = Assert.Single(logger.Lines, line => line.Message.StartsWith("Recipe: ", StringComparison.Ordinal));
        Assert.EndsWith($"augmentation: {AugmentationOptions.Light}.", recipe.Message, StringComparison.Ordinal);
    }

    private static void AssertClose(float[][] expected, float[][] actual, double tolerance) =>
        Assert.Equal(expected.SelectMany(s => s), actual.SelectMany(s => s), (a, b) => Math.Abs(a - b) <= tolerance);

    private sealed class KeyedRow
    {
        public string ImagePath { get; set; } = "";

        [KeyType(3)]
        public uint Label { get; set; }
    }
}
