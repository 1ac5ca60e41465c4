using System.Numerics.Tensors;
using Microsoft.Extensions.Logging;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Quantization;
using MLVision.Trainers;
using MLVision.Trainers.Models;
using MLVision.Trainers.Options;
using MLVision.Trainers.Training.Remembered;
using MLVision.Trainers.Training.Results;
using MLVision.Trainers.Weights;
using MLVision.Trainers.Weights.Files;
using MLVision.Trainers.Weights.Files.Tensors;
using Trainers.Tests.Weights;
using Trainers.Tests.Weights.Files;

namespace Trainers.Tests;

/// <summary>A model of two colours learns a third without their images.</summary>
public sealed class AddClassesTests(TwoColourModel first) : IClassFixture<TwoColourModel>, IDisposable
{
    private static readonly string[] All = ["tulip", "rose", "daisy"];

    private readonly TinyImages _images = new();
    private readonly RecordingLogger _logger = new();

    public void Dispose() => _images.Dispose();

    private ImageTrainingOptions Adding => TinyImages.Options with
    {
        ImageSize = null,
        AddClasses = true,
        Weights = first.Path,
        Epochs = 20,
        Logger = _logger,
        Precision = TrainingPrecision.Full,
    };

    [Fact]
    public void Fit_NewClassAlone_KnowsTheOldOnesToo()
    {
        using var model = Fit(Adding, View("daisy"));

        var view = View("tulip", "rose", "daisy");
        Assert.Equal(["tulip", "rose", "daisy"], model.Labels);
        Assert.Equal(model.Labels, Names(model.Transform(view).Schema["Score"]));
        Assert.All(model.History, epoch => Assert.Equal(TrainingPhase.Head, epoch.Phase));
        // The colours are told apart by any backbone; a last layer that forgot would give the new class throughout.
        Assert.Equal(
            Enumerable.Repeat<uint[]>([1, 2, 3], TwoColourModel.ImagesPerClass).SelectMany(keys => keys),
            TinyImages.PredictedKeys(model, view));
        Assert.Contains(
            "Classes are added to 2 known ones (tulip, rose), of which the features of 12 images are remembered.",
            _logger.Lines.Select(line => line.Message));
    }

    [Fact]
    public void Fit_NewClassAlone_LeavesTheBackboneAsItWas()
    {
        using var model = Fit(Adding, View("daisy"));

        using var before = WeightsFile.Open(Path.ChangeExtension(first.Path, ".safetensors"));
        using var after = WeightsFile.Open(SavedWeights(model, "after"));
        Assert.All(
            before.Tensors.Where(weight => !weight.Key.StartsWith("fc.", StringComparison.Ordinal)),
            weight => Assert.Equal(weight.Value.Values(), after.Tensors[weight.Key].Values()));
    }

    [Fact]
    public void Save_ModelWithAnAddedClass_LoadsInStockMLNet()
    {
        var view = View("daisy");
        using var model = Fit(Adding, view);
        var zip = PathOf("second.zip");

        _images.ML.Model.Save(model, view.Schema, zip);

        var loaded = new MLContext(seed: 2).Model.Load(zip, out _);
        VBuffer<ReadOnlyMemory<char>> labels = default;
        loaded.Transform(view).Schema["PredictedLabel"].GetKeyValues(ref labels);
        Assert.Equal(["tulip", "rose", "daisy"], labels.DenseValues().Select(label => label.ToString()));
        Assert.Equal(TinyImages.Scores(model, view), TinyImages.Scores(loaded, view));
    }

    /// <summary>Where the key of the images counts the known classes first, stock metrics understand the model.</summary>
    [Fact]
    public void Fit_KeyOfAllClasses_IsThatOfTheScores()
    {
        var ml = _images.ML;
        var keys = ml.Data.LoadFromEnumerable(All.Select(label => new { Label = label }));
        IDataView Keyed(IDataView view) => ml.Transforms.Conversion.MapKeyToValue("Label")
            .Append(ml.Transforms.Conversion.MapValueToKey("Label", keyData: keys)).Fit(view).Transform(view);

        using var model = Fit(Adding, Keyed(View("daisy")));

        var metrics = ml.MulticlassClassification.Evaluate(model.Transform(Keyed(View("tulip", "rose", "daisy"))));
        Assert.Equal(["tulip", "rose", "daisy"], model.Labels);
        Assert.Equal(1, metrics.MicroAccuracy);
        var warning = Assert.Single(_logger.Lines, line => line.Level == LogLevel.Warning);
        Assert.StartsWith("Classes with fewer than 10 images: daisy (6).", warning.Message, StringComparison.Ordinal);
    }

    /// <summary>Rows of old images are copied, whatever the backbone would compute today.</summary>
    [Fact]
    public void SaveClassMemory_ModelWithAnAddedClass_HoldsAllClasses()
    {
        using var model = Fit(Adding, View("rose", "daisy"));

        var (before, after) = (ClassMemoryFile.Read(first.MemoryPath), SavedMemory(model, "second"));

        Assert.Equal([6, 6], CountsOf(before));
        Assert.Equal([6, 12, 6], CountsOf(after));
        Assert.Equal(["tulip", "rose", "daisy"], after.Model.Labels);
        Assert.Equal(before.Backbone, after.Backbone);
        var tulips = before.Rows.Learnt.Classes.Index().Where(row => row.Item == 0).Select(row => row.Index).ToList();
        Assert.Equal(
            before.Rows.Learnt.Only(tulips).Values,
            after.Rows.Learnt.Only([.. after.Rows.Learnt.Classes.Index().Where(row => row.Item == 0).Select(row => row.Index)]).Values);
    }

    [Fact]
    public void Fit_ModelWithAnAddedClass_TakesAnother()
    {
        using (var second = Fit(Adding, View("daisy")))
        {
            Save(second, "second");
        }

        using var third = Fit(Adding with { Weights = PathOf("second/model.onnx") }, View("tulip", "iris"));

        Assert.Equal(["tulip", "rose", "daisy", "iris"], third.Labels);
    }

    /// <summary>What is remembered is what the last layer gets: with its weights it gives the model's scores.</summary>
    [Theory]
    [InlineData(FineTuning.None)]
    [InlineData(FineTuning.TwoPhase)]
    [InlineData(FineTuning.HeadOnly)]
    public void SaveClassMemory_AnyTraining_HoldsTheFeaturesOfTheFinishedBackbone(FineTuning fineTuning)
    {
        var view = View("tulip", "rose");
        var options = TinyImages.Options with { Precision = TrainingPrecision.Full, FineTuning = fineTuning, HeadViews = 2 };
        var weighted = options with { Weights = first.Path, ReplaceHead = true };
        using var model = Fit(fineTuning == FineTuning.None ? options : weighted, view);

        var rows = SavedMemory(model, "second").Rows.Learnt;

        using var weights = WeightsFile.Open(SavedWeights(model, "weights"));
        var head = weights.Tensors["fc.weight"].Values().Chunk(rows.Width).Zip(weights.Tensors["fc.bias"].Values()).ToList();
        var scores = TinyImages.Scores(model, view);
        Assert.Equal(scores.Length, rows.Count);
        Assert.All(scores, (score, row) =>
        {
            var features = rows.Only([row]).Values;
            var logits = head.Select(layer => layer.Second + TensorPrimitives.Dot(features, layer.First)).ToArray();
            var expected = Math.Exp(logits[0]) / logits.Sum(logit => Math.Exp(logit));
            Assert.Equal(expected, score[0], 1e-4);     // torch and ONNX Runtime sum in another order
        });
    }

    [Fact]
    public void SaveClassMemory_ImagesHeldOut_AreRememberedAsSuch()
    {
        using var model = Fit(TinyImages.Options with { ValidationFraction = 0.5, RememberedImages = 8 }, View("tulip", "rose"));

        var rows = SavedMemory(model, "first").Rows;

        Assert.Equal([0, 0, 0, 1, 1, 1], rows.Learnt.Classes.Order());  // half of 6, and at most 7 of 8
        Assert.Equal([0, 1], rows.HeldOut.Classes.Order());             // half of 6, and at most 1 of 8
    }

    [Fact]
    public void SaveClassMemory_NothingRemembered_SaysWhy()
    {
        using var model = Fit(TinyImages.Options with { RememberedImages = 0 }, View("tulip", "rose"));

        var error = Assert.Throws<ImageClassificationException>(() => model.SaveClassMemory(PathOf("classes.safetensors")));

        Assert.Equal("There is no class memory to save: RememberedImages was 0 in training.", error.Message);
        Assert.False(File.Exists(PathOf("classes.safetensors")));
    }

    [Fact]
    public void Fit_LabelsThatAreNumbers_StayNumbers()
    {
        var numbers = Trained("first", [7, 5]);

        using var model = Fit(Adding with { Weights = numbers }, View(9));

        VBuffer<int> values = default;
        model.Transform(View(9)).Schema["PredictedLabel"].GetKeyValues(ref values);
        Assert.Equal([7, 5, 9], values.DenseValues());
    }

    [Fact]
    public void Fit_KnownLabelOfAnotherType_IsRefused()
    {
        var error = Assert.Throws<ColumnMismatchException>(() => Fit(Adding, View(9)));

        Assert.StartsWith("The class 'tulip' is known already, and the labels that are to join it are of the type Int32,", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_NoneNew_IsRefused()
    {
        var error = Assert.Throws<ImageDataException>(() => Fit(Adding, View("rose")));

        Assert.Equal(
            "There is no class to add: the model knows rose already. To go on with what it knows, train without AddClasses.",
            error.Message);
    }

    /// <summary>New images of one class, given to check on, are checked beside the remembered ones.</summary>
    [Fact]
    public void Fit_ValidationImagesOfTheNewClass_JoinTheRememberedOnes()
    {
        var view = View("daisy");

        using var model = _images.Classifier(Adding with { ValidationFraction = 0.5, Epochs = 1 }).Fit(view, view);

        // Half of 6 tulips and of 6 roses, and of 6 daisies as many as are remembered of what was held out.
        var checkedOn = SavedMemory(model, "second").Rows.HeldOut.Classes;
        Assert.Equal([(0, 3), (1, 3), (2, 4)], checkedOn.CountBy(label => label).Select(count => (count.Key, count.Value)).Order());
    }

    /// <summary>The file that training wrote, with weights rounded to half precision.</summary>
    [Fact]
    public void Fit_HalvedModel_IsRefused()
    {
        var halved = PathOf("halved.onnx");
        ImageClassifierQuantizer.HalveWeights(first.Path, halved, cancellationToken: TestContext.Current.CancellationToken);

        var error = Assert.Throws<WeightMismatchException>(
            () => Fit(Adding with { Weights = halved, ClassMemoryPath = first.MemoryPath }, View("daisy")));

        Assert.EndsWith("and the model as training wrote it, neither quantized nor halved.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_WeightsWithoutNames_AreRefused()
    {
        using var network = ImageModels.Get(TinyImages.Architecture).CreateNetwork(classes: 2, seed: 1);
        using var stored = StoredWeights.Of(network);
        var weights = stored.Save();

        var error = Assert.Throws<WeightMismatchException>(
            () => Fit(Adding with { Weights = weights, ClassMemoryPath = first.MemoryPath }, View("daisy")));

        Assert.Equal(
            $"The weights '{weights}' do not say which classes they know, and classes are added to a model of yours: give the model.zip " +
            "that training wrote.",
            error.Message);
    }

    [Fact]
    public void Fit_NoMemoryBesideTheModel_SaysWhereItWouldBe()
    {
        var alone = PathOf("model.onnx");
        File.Copy(first.Path, alone);

        var error = Assert.Throws<WeightsFileException>(() => Fit(Adding with { Weights = alone }, View("daisy")));

        Assert.Equal(
            $"There is no class memory '{PathOf("classes.safetensors")}', which stands for the images of the classes that '{alone}' " +
            "knows: training writes it beside its model; name it by ClassMemoryPath, or train on images of all classes.",
            error.Message);
    }

    [Fact]
    public void Fit_MemoryOfAnotherBackbone_IsRefused()
    {
        var memory = PathOf("other/classes.safetensors");
        Trained("other", ["tulip", "rose"], seed: 2);

        var error = Assert.Throws<WeightMismatchException>(
            () => Fit(Adding with { ClassMemoryPath = memory }, View("daisy")));

        Assert.StartsWith(
            $"The class memory '{memory}' is of another backbone than that of '{first.Path}', to which its features mean nothing: ",
            error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_MemoryOfOtherClasses_IsRefused()
    {
        var memory = PathOf("other/classes.safetensors");
        Trained("other", ["tulip", "lily"]);

        var error = Assert.Throws<WeightMismatchException>(
            () => Fit(Adding with { ClassMemoryPath = memory }, View("daisy")));

        Assert.Equal(
            $"The class memory '{memory}' is of the classes tulip, lily, and the model '{first.Path}' knows tulip, rose: give the " +
            "classes.safetensors that was written with this model.",
            error.Message);
    }

    [Fact]
    public void Fit_ImagesOfAnotherSize_AreRefused()
    {
        var error = Assert.Throws<WeightMismatchException>(() => Fit(Adding with { ImageSize = 16 }, View("daisy")));

        Assert.Contains(" is of images of 8 pixels normalised by ", error.Message, StringComparison.Ordinal);
        Assert.Contains(", and the new ones would be of 16 pixels normalised by ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_WeightsInPlaceOfAMemory_AreRefused()
    {
        var weights = Path.ChangeExtension(first.Path, ".safetensors");

        var error = Assert.Throws<WeightsFileException>(
            () => Fit(Adding with { ClassMemoryPath = weights }, View("daisy")));

        Assert.Equal(
            $"The weights file '{weights}' is refused: it is no class memory; training writes one as classes.safetensors beside its model.",
            error.Message);
    }

    [Theory]
    [InlineData(nameof(ImageTrainingOptions.AddClasses))]
    [InlineData(nameof(ImageTrainingOptions.FineTuning))]
    [InlineData(nameof(ImageTrainingOptions.ReplaceHead))]
    [InlineData(nameof(ImageTrainingOptions.ClassMemoryPath))]
    public void Classifier_OptionsThatContradict_AreRefusedAtOnce(string option)
    {
        var options = option switch
        {
            nameof(ImageTrainingOptions.AddClasses) => Adding with { Weights = null },
            nameof(ImageTrainingOptions.FineTuning) => Adding with { Weights = "w", FineTuning = FineTuning.TwoPhase },
            nameof(ImageTrainingOptions.ReplaceHead) => Adding with { Weights = "w", ReplaceHead = true },
            _ => TinyImages.Options with { Weights = "w", ClassMemoryPath = "c" },
        };

        Assert.Throws<OptionOutOfRangeException>(option, () => _images.Classifier(options));
    }

    private ImageClassificationTransformer Fit(ImageTrainingOptions options, IDataView view) => _images.Classifier(options).Fit(view);

    /// <summary>Trains a model from random weights and saves it; returns its ONNX file.</summary>
    private string Trained<T>(string name, T[] labels, int seed = 1)
        where T : notnull
    {
        using var model = Fit(TwoColourModel.Options with { Seed = seed }, View(labels));
        return Save(model, name);
    }

    private string Save(ImageClassificationTransformer model, string name) => TwoColourModel.Save(model, PathOf(name));

    private string SavedWeights(ImageClassificationTransformer model, string name)
    {
        model.SaveWeights(PathOf($"{name}.safetensors"));
        return PathOf($"{name}.safetensors");
    }

    private ClassMemory SavedMemory(ImageClassificationTransformer model, string name)
    {
        Save(model, name);
        return ClassMemoryFile.Read(PathOf($"{name}/classes.safetensors"));
    }

    private static IEnumerable<int> CountsOf(ClassMemory memory) =>
        memory.Model.Labels.Select((_, label) => memory.Rows.Learnt.Classes.Count(other => other == label));

    private IDataView View<T>(params T[] labels)
        where T : notnull => TwoColourModel.View(_images, labels);

    private static IEnumerable<string> Names(DataViewSchema.Column column)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetSlotNames(ref names);
        return names.DenseValues().Select(name => name.ToString());
    }

    private string PathOf(string name) => Path.Combine(_images.Files.Folder, name);
}
