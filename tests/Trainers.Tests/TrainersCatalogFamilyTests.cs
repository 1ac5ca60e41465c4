using Microsoft.ML;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Devices;
using MLVision.Trainers;
using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Options;
using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Training;
using MLVision.Trainers.Training.Batches;
using MLVision.Trainers.Training.Pixels;
using MLVision.Trainers.Training.Recipe;
using MLVision.Trainers.Training.Results;
using MLVision.Trainers.Training.Snapshots;
using static TorchSharp.torch;
using Catalog = Microsoft.ML.MulticlassClassificationCatalog.MulticlassClassificationTrainers;

namespace Trainers.Tests;

/// <summary>Each family's door trains its network: one step, with the smallest images that the network takes.</summary>
[Collection(ProcessState.Name)]
public sealed class TrainersCatalogFamilyTests : IDisposable
{
    private static readonly string[] Labels = ["tulip", "rose", "tulip", "rose"];

    private readonly TinyImages _images = new();

    public void Dispose() => _images.Dispose();

    private Catalog Trainers => _images.ML.MulticlassClassification.Trainers;

    [Fact]
    public void AlexNet_Options_TrainsIt() => AssertTrains("alexnet", Trainers.AlexNet(Tiny(new AlexNetOptions(), imageSize: 63)));

    [Theory]
    [InlineData(true, "vgg11_bn")]
    [InlineData(false, "vgg11")]
    public void Vgg_Options_TrainsIt(bool batchNorm, string expected) =>
        AssertTrains(expected, Trainers.Vgg(Tiny(new VggOptions { Depth = 11, BatchNorm = batchNorm }, imageSize: 32)));

    [Fact]
    public void GoogLeNet_Options_TrainsIt() => AssertTrains("googlenet", Trainers.GoogLeNet(Tiny(new GoogLeNetOptions(), imageSize: 32)));

    [Fact]
    public void SaveOnnx_GoogLeNet_HoldsNoAuxiliaryClassifier()
    {
        using var model = Trainers.GoogLeNet(Tiny(new GoogLeNetOptions(), imageSize: 32)).Fit(_images.Labelled(Labels));
        var path = Path.Combine(_images.Files.Folder, "model.onnx");

        model.SaveOnnx(path);

        var weights = ClassifierModel.Load(path).Model.Graph.Initializer.Select(weight => weight.Name).ToList();
        Assert.Contains("fc.weight", weights);
        Assert.DoesNotContain(weights, name => name.Contains("aux", StringComparison.Ordinal));
    }

    [Fact]
    public void SENet_Options_TrainsIt() =>
        AssertTrains("seresnet18", Trainers.SENet(Tiny(new SENetOptions { Depth = 18 }, imageSize: 32)));

    [Fact]
    public void ResNet_SqueezeExcitation_TrainsIt() =>
        AssertTrains("seresnet20", Trainers.ResNet(Tiny(new ResNetOptions { Depth = 20, SqueezeExcitation = true }, imageSize: 8)));

    [Fact]
    public void EfficientNet_Options_TrainsIt() =>
        AssertTrains("efficientnet_b0", Trainers.EfficientNet(Tiny(new EfficientNetOptions(), imageSize: 32)));

    /// <summary>Dropout and stochastic depth draw from the training's own generator.</summary>
    [Fact]
    public void EfficientNet_SameSeed_GivesTheSameWeightsAndLeavesTorchsRandomNumbersAlone()
    {
        var view = _images.Labelled(Labels);
        using var before = get_rng_state();

        var first = Fit(seed: 5);
        var second = Fit(seed: 5);
        var other = Fit(seed: 6);

        using var after = get_rng_state();
        Assert.True(before.equal(after).all().item<bool>());
        Assert.Equal(first, second);
        Assert.NotEqual(first, other);

        byte[] Fit(int seed)
        {
            using var model = Trainers.EfficientNet(Tiny(new EfficientNetOptions(), imageSize: 32) with { Seed = seed }).Fit(view);
            var path = Path.Combine(_images.Files.Folder, "weights.safetensors");
            model.SaveWeights(path);
            // The header tells how long the training took; the values begin behind it.
            var content = File.ReadAllBytes(path);
            return content[(sizeof(long) + (int)BitConverter.ToInt64(content))..];
        }
    }

    [Fact]
    public void Run_GoogLeNet_BothAuxiliaryClassifiersGetGradients()
    {
        using var network = ImageModels.Get("googlenet").BuildForTraining(2);
        Initialization.HeNormal(network, 1, _ => true);
        var pixels = new PixelSet(32, [.. FormulaValues.Pixels(4, 32).Chunk(32 * 32 * 3)], [0, 1, 0, 1]);
        var batches = new BatchSource(pixels, 4, new ImagePreprocessing(32, 32, Normalization.ImageNet), CPU);
        var none = new BatchSource(new PixelSet(32, [], []), 4, new ImagePreprocessing(32, 32, Normalization.ImageNet), CPU);

        using var best = new BestWeights(network);
        var options = new ImageTrainingOptions { Epochs = 1, LearningRate = 0.01 };
        var recipe = new TrainingRecipe(options, ImageModels.Get("googlenet"), FineTuning.None, imageSize: 224, images: 10_000);
        using var objective = Objective.Of(recipe, recipe.LabelSmoothing, batches.Labels, CPU);
        var epochs = new EpochRunner(
            TrainingPhase.Whole, before: [], checkpoint: null, resumed: null, best, recipe, new RecordingLogger());
        new TrainingLoop(
            new NetworkLearner(network, TrainableParts.All(network), EagerGraph.Plain, isChannelsLast: true), batches, none, objective,
            PhaseRecipe.OfNetwork(recipe, TrainingPhase.Whole), recipe.Seed, options).Run(epochs);

        var auxiliary = network.named_parameters().Where(weight => weight.name.StartsWith("aux", StringComparison.Ordinal)).ToList();
        Assert.Equal(14, auxiliary.Count);      // of each: a convolution, a batch norm's two, and two layers with biases
        Assert.All(auxiliary, weight => Assert.True(weight.parameter.grad is { } grad && grad.abs().max().item<float>() > 0, weight.name));
    }

    [Fact]
    public void EachShortDoor_ColumnNames_AreTheOnesLookedFor() => Assert.All(
        (IEnumerable<ImageClassificationEstimator>)
        [
            Trainers.AlexNet("Class", "Picture"), Trainers.Vgg("Class", "Picture"), Trainers.GoogLeNet("Class", "Picture"),
            Trainers.SENet("Class", "Picture"), Trainers.EfficientNet("Class", "Picture"),
        ],
        classifier =>
        {
            var shape = TestImages.SchemaShapes.Of(_images.Labelled(Labels).Schema);
            var error = Assert.Throws<ColumnMismatchException>(() => classifier.GetOutputSchema(shape));
            Assert.StartsWith("The data has no column 'Class'; it has ", error.Message, StringComparison.Ordinal);
        });

    [Fact]
    public void EachDoor_NullOptions_Throws()
    {
        Assert.Throws<ArgumentNullException>(() => Trainers.AlexNet(null!));
        Assert.Throws<ArgumentNullException>(() => Trainers.Vgg(null!));
        Assert.Throws<ArgumentNullException>(() => Trainers.GoogLeNet(null!));
        Assert.Throws<ArgumentNullException>(() => Trainers.SENet(null!));
        Assert.Throws<ArgumentNullException>(() => Trainers.EfficientNet(null!));
    }

    private static T Tiny<T>(T options, int imageSize)
        where T : ImageTrainingOptions => (T)(options with
        {
            ImageSize = imageSize,
            Epochs = 1,
            BatchSize = 4,
            ValidationFraction = 0,
            Device = ComputeDevice.Cpu,
        });

    private void AssertTrains(string expected, ImageClassificationEstimator classifier)
    {
        var view = _images.Labelled(Labels);

        using var model = classifier.Fit(view);

        Assert.Equal(expected, model.Metadata.Architecture);
        Assert.True(double.IsFinite(Assert.Single(model.History).Loss));
        Assert.All(TinyImages.Scores(model, view), scores => Assert.Equal(1, scores.Sum(), 1e-5));      // two float32 roundings
    }
}
