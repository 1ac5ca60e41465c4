using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Models;
using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Weights;
using MLVision.Trainers.Weights.Files.Tensors;
using MLVision.Trainers.Weights.Published;
using Trainers.Tests.Weights.Files;
using Trainers.Tests.Weights.Onnx;

namespace Trainers.Tests.Weights;

public sealed class StartingPointTests : IDisposable
{
    private const int Classes = 3;

    private static readonly ImageModel ResNet20 = ImageModels.Get("resnet20");
    private static readonly string[] HeadKeys = ["fc.weight", "fc.bias"];
    private static readonly float[] AskedMean = [0.5f, 0.6f, 0.7f], AskedDeviation = [0.8f, 0.9f, 1];

    private readonly RecordingLogger _logger = new();
    private readonly StoredWeights _weights;

    public StartingPointTests()
    {
        using var network = FormulaValues.Fill(ResNet20.Build(Classes));
        _weights = StoredWeights.Of(network);
    }

    /// <summary>As our own files say: resized to 12, of which the network sees 8.</summary>
    private static ClassifierMetadata Metadata => new()
    {
        Architecture = "resnet20",
        Labels = ["tulip", "rose", "daisy"],
        ImageSize = 12,
        CropSize = 8,
        Mean = [0.1f, 0.2f, 0.3f],
        StandardDeviation = [0.4f, 0.5f, 0.6f],
    };

    public void Dispose() => _weights.Dispose();

    [Fact]
    public void Preprocess_RandomWeights_IsThePapersSizeWithImageNetsStatistics()
    {
        using var start = Open(weights: null);

        var preprocessing = start.Preprocess(imageSize: null, resizeSize: null);

        Assert.Equal(new ImagePreprocessing(32, 32, Normalization.ImageNet), preprocessing);
    }

    [Fact]
    public void Preprocess_FileThatSaysNothing_IsThePapersSizeWithImageNetsStatistics()
    {
        using var start = Open(_weights.Save());

        var preprocessing = start.Preprocess(imageSize: null, resizeSize: null);

        Assert.Equal(new ImagePreprocessing(32, 32, Normalization.ImageNet), preprocessing);
        Assert.Null(start.Labels);
        Assert.Equal(Classes, start.Classes);
    }

    [Fact]
    public void Preprocess_OurOwnFile_IsAsItWasTrained()
    {
        using var start = Open(_weights.Save(metadata: Metadata));

        var preprocessing = start.Preprocess(imageSize: null, resizeSize: null);

        Assert.Equal((12, 8), (preprocessing.ResizeSize, preprocessing.ImageSize));
        Assert.Equal([0.1f, 0.2f, 0.3f], preprocessing.Normalization.Mean);
        Assert.Equal([0.4f, 0.5f, 0.6f], preprocessing.Normalization.StandardDeviation);
        Assert.Equal(["tulip", "rose", "daisy"], start.Labels);
    }

    [Fact]
    public void Preprocess_PublishedWeights_IsAsTheyArePublished()
    {
        var published = PublishedWeightsCatalog.Find("resnet20", "cifar10") with
        {
            ResizeSize = 36,
            CropSize = 28,
            Mean = [0.5f, 0.5f, 0.5f],
            StandardDeviation = [0.25f, 0.25f, 0.25f],
        };
        using var start = StartingPoint.OpenFile(ResNet20, _weights.Save(metadata: Metadata), key: null, published, NullLogger.Instance);

        var preprocessing = start.Preprocess(imageSize: null, resizeSize: null);

        Assert.Equal((36, 28), (preprocessing.ResizeSize, preprocessing.ImageSize));
        Assert.Equal([0.5f, 0.5f, 0.5f], preprocessing.Normalization.Mean);
        Assert.Equal([0.25f, 0.25f, 0.25f], preprocessing.Normalization.StandardDeviation);
    }

    // The file's own sizes are 12 and 8.
    [Theory]
    [InlineData(8, null, 12, 8)]
    [InlineData(10, null, 10, 10)]
    [InlineData(16, null, 16, 16)]
    [InlineData(null, 20, 20, 8)]
    [InlineData(null, 8, 8, 8)]
    [InlineData(10, 11, 11, 10)]
    public void Preprocess_SizeAskedFor_ReplacesTheFiles(int? imageSize, int? resizeSize, int expectedResize, int expectedImage)
    {
        using var start = Open(_weights.Save(metadata: Metadata));

        var preprocessing = start.Preprocess(imageSize, resizeSize);

        Assert.Equal((expectedResize, expectedImage), (preprocessing.ResizeSize, preprocessing.ImageSize));
        Assert.Equal([0.1f, 0.2f, 0.3f], preprocessing.Normalization.Mean);
    }

    [Theory]
    [InlineData(null, 7, "ResizeSize is 7, but the network sees the central 8 pixels")]
    [InlineData(10, 9, "ResizeSize is 9, but the network sees the central 10 pixels")]
    public void Preprocess_ResizedToLessThanIsSeen_Throws(int? imageSize, int? resizeSize, string sentence)
    {
        using var start = Open(_weights.Save(metadata: Metadata));

        var error = Assert.Throws<OptionOutOfRangeException>("ResizeSize", () => start.Preprocess(imageSize, resizeSize));

        Assert.StartsWith(sentence, error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, ClassifierMetadata> Impossible => new()
    {
        { "the centre is larger than the image", Metadata with { CropSize = 13 } },
        { "a channel has no deviation", Metadata with { StandardDeviation = [0.4f, 0, 0.6f] } },
        { "a deviation is negative", Metadata with { StandardDeviation = [0.4f, -0.5f, 0.6f] } },
    };

    [Theory]
    [MemberData(nameof(Impossible), DisableDiscoveryEnumeration = true)]
    public void Preprocess_MetadataThatCannotBe_CountsAsNone(string why, ClassifierMetadata metadata)
    {
        using var start = Open(_weights.Save(metadata: metadata));

        var preprocessing = start.Preprocess(imageSize: null, resizeSize: null);

        Assert.True(preprocessing == new ImagePreprocessing(32, 32, Normalization.ImageNet), why);
    }

    [Fact]
    public void Labels_FewerThanTheHeadTellsApart_AreNone()
    {
        using var start = Open(_weights.Save(metadata: Metadata with { Labels = ["tulip", "rose"] }));

        Assert.Null(start.Labels);
    }

    [Fact]
    public void Build_RandomWeights_AreDrawnFromTheSeed()
    {
        using var start = Open(weights: null);

        Assert.Null(start.Classes);
        Assert.Equal(FirstWeight(start, seed: 1), FirstWeight(start, seed: 1));
        Assert.NotEqual(FirstWeight(start, seed: 1), FirstWeight(start, seed: 2));

        static byte[] FirstWeight(StartingPoint start, int seed)
        {
            using var network = start.Build(Classes, seed);
            return network.state_dict()["conv1.weight"].bytes[..sizeof(float)].ToArray();
        }
    }

    [Fact]
    public void Build_OtherClassCount_IsRefusedWithBothNumbers()
    {
        var path = _weights.Save();
        using var start = Open(path);

        var error = Assert.Throws<WeightMismatchException>(() => start.Build(5, seed: 1));

        Assert.Equal(
            $"The weights in '{path}' are for {Classes} classes, not 5: leave the number of classes out, or train to get a new last " +
            "layer.",
            error.Message);
    }

    [Fact]
    public void Build_HeadForOneClass_SaysThatTwoAreNeeded()
    {
        using var weights = new StoredWeights().Add("fc.weight", [1, 64], new float[64]);
        using var start = Open(weights.Save());

        var error = Assert.Throws<WeightMismatchException>(() => start.Build(1, seed: 1));

        Assert.EndsWith(
            "are not a classifier's: the last layer has 1 output, and at least 2 are needed.", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void BuildForTraining_OtherClassCount_BeginsTheHeadAtZeroAndSaysSo()
    {
        using var start = Open(_weights.Save());

        using var network = start.BuildForTraining(["a", "b", "c", "d", "e"], seed: 3);

        var begun = network.state_dict();
        Assert.Equal([5, 64], begun["fc.weight"].shape);
        Assert.All(["fc.weight", "fc.bias"], (string key) => Assert.Equal(0, begun[key].abs().max().item<float>()));
        Assert.Contains("Begun anew, not taken from the weights: fc.", Messages);
    }

    /// <summary>The file's classes are tulip, rose and daisy, in this order; its rows are told apart by their first weights.</summary>
    [Theory]
    [InlineData("tulip,rose,daisy", "0,1,2", "the same as here, so it goes on as it is.")]
    [InlineData("daisy,rose,tulip", "2,1,0", "kept for daisy, rose, tulip, begun anew for none, dropped for none.")]
    [InlineData("lily,rose,iris", "-,1,-", "kept for rose, begun anew for lily, iris, dropped for tulip, daisy.")]
    [InlineData("iris,lily,aster", "-,-,-", "kept for none, begun anew for iris, lily, aster, dropped for tulip, rose, daisy.")]
    [InlineData("aster,daisy,iris,tulip", "-,2,-,0", "kept for daisy, tulip, begun anew for aster, iris, dropped for rose.")]
    [InlineData("rose,daisy", "1,2", "kept for rose, daisy, begun anew for none, dropped for tulip.")]
    public void BuildForFineTuning_OurOwnFileOfNamedClasses_TakesTheLastLayersRowsByName(string classes, string rows, string sentence)
    {
        using var start = Open(_weights.Save(metadata: Metadata));

        using var network = start.BuildForFineTuning(classes.Split(','), seed: 3);

        using var source = FormulaValues.Fill(ResNet20.Build(Classes));
        using var scope = TorchSharp.torch.NewDisposeScope();
        var (expected, actual) = (source.state_dict(), network.state_dict());
        Assert.All(rows.Split(',').Index(), row => Assert.All(HeadKeys, key =>
        {
            var known = Enumerable.Range(0, Classes).Where(i => actual[key][row.Index].equal(expected[key][i]).all().item<bool>());
            Assert.Equal(row.Item == "-" ? [] : [int.Parse(row.Item, CultureInfo.InvariantCulture)], known);
        }));
        var said = Messages.Where(message => message.StartsWith("The weights' last layer", StringComparison.Ordinal));
        Assert.Equal([$"The weights' last layer knows the classes tulip, rose, daisy: {sentence}"], said);
    }

    [Fact]
    public void BuildForFineTuning_NewHeadAskedFor_KeepsNoRow()
    {
        using var start = Open(_weights.Save(metadata: Metadata));

        using var network = start.BuildForFineTuning("daisy,rose,tulip".Split(','), seed: 3, newHead: true);

        Assert.Contains("Begun anew, not taken from the weights: fc.", Messages);
        Assert.DoesNotContain(Messages, message => message.Contains("kept for", StringComparison.Ordinal));
    }

    [Fact]
    public void Preprocess_MeanAskedFor_ReplacesTheFilesAndSaysSo()
    {
        using var start = Open(_weights.Save(metadata: Metadata));

        var preprocessing = start.Preprocess(null, null, AskedMean, AskedDeviation);

        Assert.Equal(AskedMean, preprocessing.Normalization.Mean);
        Assert.Equal(AskedDeviation, preprocessing.Normalization.StandardDeviation);
        Assert.Contains(
            "Pixels are normalised by the mean 0.5, 0.6, 0.7 and the standard deviation 0.8, 0.9, 1 of red, green and blue: "
                + "as given, although the weights were trained with 0.1, 0.2, 0.3 and 0.4, 0.5, 0.6.",
            Messages);
    }

    [Fact]
    public void Preprocess_OnlyTheMeanAskedFor_KeepsTheDeviation()
    {
        using var start = Open(_weights.Save(metadata: Metadata));

        var preprocessing = start.Preprocess(null, null, AskedMean, standardDeviation: null);

        Assert.Equal(AskedMean, preprocessing.Normalization.Mean);
        Assert.Equal([0.4f, 0.5f, 0.6f], preprocessing.Normalization.StandardDeviation);
    }

    [Fact]
    public void Preprocess_FileThatSaysNothing_SaysThatImageNetsAreTaken()
    {
        using var start = Open(_weights.Save());

        start.Preprocess(imageSize: null, resizeSize: null);

        // torchvision's transforms for ImageNet.
        Assert.Contains(
            "Pixels are normalised by the mean 0.485, 0.456, 0.406 and the standard deviation 0.229, 0.224, 0.225 of red, green and blue: "
                + "ImageNet's, because the weights name none; set others by Mean and StandardDeviation (--mean, --std).",
            Messages);
    }

    [Fact]
    public void Open_File_SaysWhichAndHowManyTensors()
    {
        var path = _weights.Save();

        using var start = Open(path);

        // 19 convolutions, 19 batch norms of four, and a head of two.
        Assert.Equal([$"Weights: {path}, 97 tensors."], Messages);
    }

    [Theory]
    [InlineData("seresnet18", "seresnet18", "seresnet18")]
    [InlineData("seresnet18_timm", "seresnet18_timm", "seresnet18_timm")]
    [InlineData("seresnet18", "seresnet18_timm", "seresnet18_timm")]
    [InlineData("seresnet18_timm", "seresnet18", "seresnet18")]
    public void Architecture_OurOwnFileOfAnSEResNet_IsTheFormItWasTrainedIn(string asked, string saved, string expected)
    {
        using var weights = Gate("se");
        using var start = StartingPoint.OpenFile(
            ImageModels.Get(asked), weights.Save(metadata: Metadata with { Architecture = saved }), key: null, published: null, _logger);

        Assert.Equal(expected, start.Architecture.Name);
        Assert.Equal(asked != expected, Messages.Contains($"The weights belong to another form of {asked}: {expected} is built."));
    }

    [Theory]
    [InlineData("seresnet18", "se_module", "seresnet18")]
    [InlineData("seresnet18_timm", "se_module", "seresnet18")]
    [InlineData("seresnet18", "se", "seresnet18_timm")]
    [InlineData("seresnet18_timm", "se", "seresnet18_timm")]
    [InlineData("resnet18", "se", "resnet18")]
    [InlineData("sewide_resnet50_2", "se_module", "sewide_resnet50_2")]
    public void Architecture_ForeignFileOfAnSEResNet_IsTheFormOfItsNames(string asked, string gate, string expected)
    {
        using var weights = Gate(gate);
        using var start = StartingPoint.OpenFile(ImageModels.Get(asked), weights.Save(), key: null, published: null, _logger);

        Assert.Equal(expected, start.Architecture.Name);
    }

    [Fact]
    public void Architecture_PublishedWeights_IsTheOneTheyArePublishedFor()
    {
        using var weights = Gate("se");
        var published = PublishedWeightsCatalog.Find("seresnet18", "imagenet1k_v1");

        using var start = StartingPoint.OpenFile(ImageModels.Get("seresnet18"), weights.Save(), key: null, published, _logger);

        Assert.Equal("seresnet18", start.Architecture.Name);
    }

    [Theory]
    [InlineData("missing.safetensors")]
    [InlineData("folder/missing")]
    [InlineData("folder\\missing")]
    public void Open_NameOfAFileThatIsNotThere_SaysSo(string weights)
    {
        var error = Assert.Throws<WeightsFileException>(() => Open(weights));

        Assert.Equal($"There is no weights file '{weights}'.", error.Message);
    }

    [Fact]
    public void Open_Folder_SaysSo()
    {
        var error = Assert.Throws<WeightsFileException>(() => Open(Path.GetTempPath()));

        Assert.Contains("it is a directory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_UnknownName_ListsTheKnownOnes()
    {
        var error = Assert.Throws<UnknownWeightsException>(() => Open("imagenet1k_v1"));

        Assert.Equal(["cifar10"], error.Known);
    }

    [Theory]
    [InlineData("imagenet_mlnet")]
    [InlineData("default")]
    public void Open_WeightsOfAPackage_TakesTheFileBesideTheApplication(string weights)
    {
        using var start = OpenFeaturizer(weights);

        var preprocessing = start.Preprocess(imageSize: null, resizeSize: null);

        Assert.Equal((256, 224), (preprocessing.ResizeSize, preprocessing.ImageSize));
        Assert.Equal([123.1516f / 255, 115.9029f / 255, 103.0626f / 255], preprocessing.Normalization.Mean);
        Assert.Equal([64f / 255, 64f / 255, 64f / 255], preprocessing.Normalization.StandardDeviation);
        Assert.Null(start.Classes);
        Assert.Null(start.Labels);
        Assert.Contains(Messages, line => line.StartsWith($"Weights: {FeaturizerFile.Path}, 110 tensors.", StringComparison.Ordinal));
    }

    [Fact]
    public void Open_PathOfThePackagesFile_HasItsPreprocessing()
    {
        using var start = OpenFeaturizer(FeaturizerFile.Path);

        Assert.Equal(224, start.Preprocess(imageSize: null, resizeSize: null).ImageSize);
        Assert.Contains(Messages, line => line.StartsWith("These are the published imagenet_mlnet", StringComparison.Ordinal));
    }

    [Fact]
    public void BuildForFineTuning_WeightsWithoutAClassifier_BeginsTheLastLayerAtZero()
    {
        using var start = OpenFeaturizer("imagenet_mlnet");

        using var network = start.BuildForFineTuning(["tulip", "rose", "daisy"], seed: 1);

        Assert.Equal([3, 512], network.state_dict()["fc.weight"].shape);
        Assert.Equal(0, network.state_dict()["fc.weight"].abs().max().item<float>());
        Assert.Contains("Begun anew, not taken from the weights: fc.", Messages);
    }

    [Fact]
    public void Build_WeightsWithoutAClassifier_SaysToTrain()
    {
        using var start = OpenFeaturizer("imagenet_mlnet");

        var error = Assert.Throws<WeightMismatchException>(() => start.Build(1000, seed: 1));

        Assert.Equal(
            $"The weights in '{FeaturizerFile.Path}' end with features and have no classifier: train on images of your classes, and the " +
            "training writes the ONNX file.",
            error.Message);
    }

    /// <summary>A cancelled token ends it where the download would begin, so the name was found among the published ones.</summary>
    [Theory]
    [InlineData("cifar10")]
    [InlineData("CIFAR10")]
    [InlineData("Default")]
    public void Open_PublishedNameInAnyCase_FetchesIt(string weights) => Assert.ThrowsAny<OperationCanceledException>(() =>
        StartingPoint.Open(ResNet20, weights, key: null, NullLogger.Instance, progress: null, new CancellationToken(canceled: true)));

    [Fact]
    public void Open_Refused_ClosesTheFile()
    {
        CheckpointFiles.With(File.ReadAllBytes(CheckpointFiles.Find("evil-system.pth")), path =>
        {
            var error = Assert.Throws<WeightsFileException>(() => Open(path));
            using var alone = File.Open(path, FileMode.Open, FileAccess.Read, FileShare.None);
            return error;
        });
    }

    private IEnumerable<string> Messages => _logger.Lines.Select(line => line.Message);

    private StartingPoint OpenFeaturizer(string weights) => StartingPoint.Open(
        ImageModels.Get("resnet18_mlnet"), weights, key: null, _logger, progress: null, TestContext.Current.CancellationToken);

    private StartingPoint Open(string? weights) =>
        StartingPoint.Open(ResNet20, weights, key: null, _logger, progress: null, TestContext.Current.CancellationToken);

    /// <summary>Enough of an SE-ResNet to tell its form.</summary>
    private static StoredWeights Gate(string name) =>
        new StoredWeights().Add($"layer1.0.{name}.fc1.weight", [1], 1).Add("fc.weight", [3, 1], 1, 2, 3);
}
