using Microsoft.ML.OnnxRuntime;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Models;
using MLVision.Trainers.Onnx;
using MLVision.Trainers.Weights;
using MLVision.Trainers.Weights.Files;
using MLVision.Trainers.Weights.Files.Tensors;
using Trainers.Tests.Models;
using Trainers.Tests.Weights;
using Trainers.Tests.Weights.Files;

namespace Trainers.Tests.Onnx;

/// <summary>The public door: <see cref="OnnxExporter.Export(ImageModel, string, OnnxExportOptions?, CancellationToken)"/>.</summary>
public sealed class OnnxExporterDoorTests : IDisposable
{
    private const int Classes = 3;

    private static readonly ImageModel ResNet20 = ImageModels.Get("resnet20");
    private static readonly string[] Flowers = ["tulip", "rose", "daisy"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("exported-");

    private string File => Path.Combine(_folder.FullName, "out", "model.onnx");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Export_NoOptions_NumbersThePapersClasses()
    {
        OnnxExporter.Export(ResNet20, File, cancellationToken: TestContext.Current.CancellationToken);

        var metadata = ClassifierModel.Load(File).Metadata;
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], metadata.Labels);
        Assert.Equal(("resnet20", 32, 32), (metadata.Architecture, metadata.ImageSize, metadata.CropSize));
    }

    [Fact]
    public void Export_Labels_AreTheClasses()
    {
        OnnxExporter.Export(
            ResNet20, File, new OnnxExportOptions { Labels = Flowers }, cancellationToken: TestContext.Current.CancellationToken);

        using var session = new InferenceSession(File);
        Assert.Equal(Flowers, ClassifierModel.Load(File).Metadata.Labels);
        Assert.Equal([-1, 3], session.OutputMetadata[ClassifierModel.Score].Dimensions);
    }

    [Theory]
    [InlineData]
    [InlineData("one")]
    [InlineData("two", "two")]
    [InlineData("one", " ")]
    [InlineData("one", null)]
    public void Export_LabelsThatNameNoTwoClasses_Throws(params string?[] labels)
    {
        var options = new OnnxExportOptions { Labels = labels! };

        Assert.Throws<OptionOutOfRangeException>(
            "Labels", () => OnnxExporter.Export(ResNet20, File, options, cancellationToken: TestContext.Current.CancellationToken));

        AssertNothingWritten();
    }

    [Fact]
    public void Export_Weights_NumbersTheClassesThatTheyTellApart()
    {
        using var weights = Weights(ResNet20);

        OnnxExporter.Export(
            ResNet20, File, new OnnxExportOptions { Weights = weights.Save() }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(["0", "1", "2"], ClassifierModel.Load(File).Metadata.Labels);
    }

    [Fact]
    public void Export_OurOwnWeights_BringTheirLabelsAndPreprocessing()
    {
        using var weights = Weights(ResNet20);
        var metadata = new ClassifierMetadata
        {
            Architecture = "resnet20",
            Labels = Flowers,
            ImageSize = 12,
            CropSize = 8,
            Mean = [0.1f, 0.2f, 0.3f],
            StandardDeviation = [0.4f, 0.5f, 0.6f],
        };

        OnnxExporter.Export(
            ResNet20, File, new OnnxExportOptions { Weights = weights.Save(metadata: metadata) },
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equivalent(metadata, ClassifierModel.Load(File).Metadata, strict: true);
    }

    [Fact]
    public void Export_OtherClassCountThanTheWeights_Throws()
    {
        using var weights = Weights(ResNet20);
        var options = new OnnxExportOptions { Weights = weights.Save(), Labels = ["one", "two"] };

        var error = Assert.Throws<WeightMismatchException>(
            () => OnnxExporter.Export(ResNet20, File, options, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("are for 3 classes, not 2", error.Message, StringComparison.Ordinal);
        AssertNothingWritten();
    }

    [Fact]
    public void Export_OtherArchitecturesWeights_Throws()
    {
        using var weights = Weights(ResNet20);

        var error = Assert.Throws<WeightMismatchException>(
            () => OnnxExporter.Export(
                ImageModels.Get("resnet32"), File, new OnnxExportOptions { Weights = weights.Save() },
                cancellationToken: TestContext.Current.CancellationToken));

        Assert.EndsWith("They fit resnet20.", error.Message, StringComparison.Ordinal);
        AssertNothingWritten();
    }

    [Fact]
    public void Export_Seed_DecidesRandomWeights()
    {
        byte[] Export(int seed)
        {
            OnnxExporter.Export(ResNet20, File, new OnnxExportOptions { Seed = seed });
            return System.IO.File.ReadAllBytes(File);
        }

        var first = Export(1);

        Assert.Equal(first, Export(1));
        Assert.NotEqual(first, Export(2));
    }

    [Theory]
    [InlineData("resnet20", 7, null)]
    [InlineData("resnet20", 0, null)]
    [InlineData("resnet20", 16, 15)]
    [InlineData("resnet20", null, 31)]
    [InlineData("vgg11", 31, null)]
    [InlineData("alexnet", 62, 80)]
    public void Export_ImagesTooSmall_Throws(string architecture, int? imageSize, int? resizeSize)
    {
        var options = new OnnxExportOptions { ImageSize = imageSize, ResizeSize = resizeSize };

        Assert.Throws<OptionOutOfRangeException>(
            () => OnnxExporter.Export(
                ImageModels.Get(architecture), File, options, cancellationToken: TestContext.Current.CancellationToken));

        AssertNothingWritten();
    }

    [Fact]
    public void Export_Failed_LeavesTheFileThatWasThere()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(File, "before");

        Assert.Throws<WeightsFileException>(
            () => OnnxExporter.Export(
                ResNet20, File, new OnnxExportOptions { Weights = CheckpointFiles.Find("evil-system.pth") },
                cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal("before", System.IO.File.ReadAllText(File));
        Assert.Equal([File], Directory.GetFiles(_folder.FullName, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(".zip")]
    [InlineData(".pth")]
    public void Export_NameOfAnotherFormat_IsRefused(string ending)
    {
        var error = Assert.Throws<ImageClassificationException>(
            () => OnnxExporter.Export(
                ResNet20, Path.ChangeExtension(File, ending), cancellationToken: TestContext.Current.CancellationToken));

        Assert.EndsWith("let its name end in .onnx.", error.Message, StringComparison.Ordinal);
        AssertNothingWritten();
    }

    [Fact]
    public void Export_FolderInTheWay_LeavesNothingBesideIt()
    {
        Directory.CreateDirectory(File);

        Assert.ThrowsAny<Exception>(() => OnnxExporter.Export(ResNet20, File, cancellationToken: TestContext.Current.CancellationToken));

        AssertNothingWritten();
    }

    [Fact]
    public void Export_Cancelled_ThrowsAndWritesNothing()
    {
        var options = new OnnxExportOptions { Weights = "cifar10" };

        Assert.ThrowsAny<OperationCanceledException>(
            () => OnnxExporter.Export(ResNet20, File, options, new CancellationToken(canceled: true)));

        AssertNothingWritten();
    }

    [Fact]
    public void Export_Logger_IsToldOfTheWeights()
    {
        using var weights = Weights(ResNet20);
        var (path, logger) = (weights.Save(), new RecordingLogger());

        OnnxExporter.Export(
            ResNet20, File, new OnnxExportOptions { Weights = path, Logger = logger },
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal($"Weights: {path}, 97 tensors.", logger.Lines[0].Message);
    }

    /// <summary>What one run wrote, another starts from: through our own writer and reader, equal to the last bit.</summary>
    [Theory]
    [InlineData("alexnet", 63)]
    [InlineData("googlenet", 32)]
    [InlineData("resnet18", 32)]
    [InlineData("resnet20", 32)]
    [InlineData("resnext50_32x4d", 32)]
    [InlineData("seresnet18", 32)]
    [InlineData("seresnet18_timm", 32)]
    [InlineData("seresnet20", 32)]
    [InlineData("efficientnet_b0", 32)]
    public void Export_WeightsThatWeWrote_ScoresAsTheNetworkTheyCameFrom(string name, int imageSize)
    {
        var architecture = ImageModels.Get(name);
        using var network = FormulaValues.Fill(architecture.Build(Classes), ReferenceNetwork.Load(name).Gain);
        using var original = new ExportedClassifier(network, imageSize, Classes);
        var metadata = ExportedClassifier.Metadata(imageSize, Classes) with { Architecture = name };
        var weights = Path.Combine(_folder.FullName, "weights.safetensors");
        OnnxExporter.Export(network, metadata, model => AtomicFile.Write(weights, stream => SafetensorsWriter.Write(
            stream,
            [.. model.Graph.Initializer.Where(tensor => tensor.Name.Contains('.', StringComparison.Ordinal))],
            metadata.ToProperties().ToDictionary(p => p.Key, p => p.Value))));

        OnnxExporter.Export(
            architecture, File, new OnnxExportOptions { Weights = weights }, cancellationToken: TestContext.Current.CancellationToken);

        using var exported = new InferenceSession(File);
        var pixels = FormulaValues.Pixels(2, imageSize);
        Assert.Equal(original.Score(pixels, 2).Score, ExportedClassifier.Score(exported, pixels, 2, imageSize).Score);
    }

    private static StoredWeights Weights(ImageModel architecture)
    {
        using var network = FormulaValues.Fill(architecture.Build(Classes));
        return StoredWeights.Of(network);
    }

    private void AssertNothingWritten() => Assert.Empty(_folder.GetFiles("*", SearchOption.AllDirectories));
}
