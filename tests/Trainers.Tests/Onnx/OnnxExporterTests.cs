using Microsoft.ML.OnnxRuntime;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Models;
using TorchSharp;
using TorchSharp.Modules;
using Trainers.Tests.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Tests.Onnx;

public class OnnxExporterTests(ITestOutputHelper output)
{
    private const int Classes = 10;

    // float32 rounding: the two libraries sum in different orders, and the file normalises by one multiplication more.
    // The largest difference seen is 2e-6, on log-probabilities down to −16.
    private const double Tolerance = 1e-4;

    [Theory]
    [InlineData("alexnet", 127, 2)]
    [InlineData("vgg11", 64, 2)]
    [InlineData("vgg11_bn", 224, 1)]
    [InlineData("googlenet", 64, 3)]
    [InlineData("googlenet", 15, 1)]
    [InlineData("segooglenet_5x5", 75, 2)]
    [InlineData("resnet18", 64, 1)]
    [InlineData("resnet18", 64, 3)]
    [InlineData("resnet50", 64, 1)]
    [InlineData("resnet50", 64, 3)]
    [InlineData("resnext50_32x4d", 64, 2)]
    [InlineData("seresnet18", 73, 2)]
    [InlineData("seresnet50", 73, 2)]
    [InlineData("seresnet50_timm", 73, 2)]
    [InlineData("seresnext50_32x4d", 64, 2)]
    [InlineData("seresnet20", 32, 2)]
    [InlineData("senet154", 65, 1)]
    [InlineData("efficientnet_b0", 64, 1)]
    [InlineData("efficientnet_b0", 64, 3)]
    [InlineData("efficientnet_b1", 73, 1)]
    [InlineData("resnet20", 32, 1)]
    [InlineData("resnet20", 32, 3)]
    [InlineData("resnet20_projection", 32, 1)]
    [InlineData("resnet20_projection", 32, 3)]
    public void Export_EachNetwork_ScoresAsTorchDoes(string name, int imageSize, int batchSize)
    {
        using var network = Network(name);
        using var exported = new ExportedClassifier(network, imageSize, Classes);

        var difference = exported.LargestDifference(batchSize);

        output.WriteLine($"{name}, {batchSize} images: largest difference of log-probabilities {difference:E1}");
        Assert.InRange(difference, 0, Tolerance);
    }

    // A centre crop of 5 from 8 leaves 3 pixels, of which torchvision cuts round(1.5) = 2 on the left and above.
    [Fact]
    public void Export_CropSize_ScoresTheCentre()
    {
        using var network = Network("resnet20");
        var metadata = ExportedClassifier.Metadata(8, Classes);
        using var cropped = new InferenceSession(ExportedClassifier.Bytes(network, metadata with { CropSize = 5 }));
        using var whole = new InferenceSession(ExportedClassifier.Bytes(network, ExportedClassifier.Metadata(5, Classes)));
        var pixels = FormulaValues.Pixels(1, 8);
        var centre = pixels.Chunk(8 * 3).Skip(2).Take(5).SelectMany(row => row.AsSpan(2 * 3, 5 * 3).ToArray()).ToArray();

        var scores = ExportedClassifier.Score(cropped, pixels, 1, 8);

        Assert.Equal(ExportedClassifier.Score(whole, centre, 1, 5).Score, scores.Score);
    }

    [Fact]
    public void Export_ChannelsLastWeights_ScoresAsTorchDoes()
    {
        using var network = Network("resnet20_projection");
        ToChannelsLast(network);
        using var exported = new ExportedClassifier(network, 32, Classes);

        var difference = exported.LargestDifference(2);

        Assert.InRange(difference, 0, Tolerance);
    }

    [Fact]
    public void Export_ChannelsLastWeights_WritesTheSameFile()
    {
        using var network = Network("resnet20_projection");
        var rowsFirst = Export(network);

        ToChannelsLast(network);

        Assert.Equal(rowsFirst, Export(network));
    }

    [Fact]
    public void Export_Score_SumsToOneWithPredictedIndexAtItsLargest()
    {
        using var network = Network("resnet20");
        using var exported = new ExportedClassifier(network, 32, Classes);

        var (score, predicted) = exported.Score(FormulaValues.Pixels(5, 32), 5);

        var rows = score.Chunk(Classes).ToArray();
        Assert.Equal(rows.Select(row => (long)row.IndexOf(row.Max())), predicted);
        Assert.All(rows, row => Assert.Equal(1, row.Sum(), 1e-5));   // ten float32 roundings
    }

    [Fact]
    public void Export_Ports_AreTheContract()
    {
        using var network = Network("resnet20");
        using var exported = new ExportedClassifier(network, 32, Classes);

        var ports = exported.Session.InputMetadata.Concat(exported.Session.OutputMetadata).Select(Describe);

        Assert.Equal(
            ["Pixels Byte [N, 32, 32, 3]", "PredictedIndex Int64 [N, 1]", "Score Single [N, 10]"], ports.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Export_Versions_AreOpset17OfIr8WithMLOpset2()
    {
        using var network = Network("resnet20");

        var model = ExportedClassifier.Model(network, ExportedClassifier.Metadata(32, Classes));

        Assert.Equal(8, model.IrVersion);
        Assert.Equal([("", 17L), ("ai.onnx.ml", 2L)], model.OpsetImport.Select(o => (o.Domain, o.Version)));
    }

    [Fact]
    public void Export_Metadata_ReadsBackAsWritten()
    {
        using var network = ImageModels.Get("resnet20").Build(2);
        var metadata = ExportedClassifier.Metadata(32, 2) with { Labels = ["naïve \"cat\"", "犬"], Training = """{"epochs":3}""" };

        var properties = ExportedClassifier.Model(network, metadata).MetadataProps.ToDictionary(p => p.Key, p => p.Value);

        Assert.Equal(
            ["architecture", "crop_size", "image_size", "labels", "mean", "product_version", "resize", "std", "training"],
            properties.Keys.Order(StringComparer.Ordinal));
        Assert.Equivalent(metadata, ClassifierMetadata.FromProperties(properties), strict: true);
    }

    // OnnxTransformer's own convention: a LabelEncoder named mlnet.<column>.SlotNames holds the slot names in keys_strings.
    [Fact]
    public void Export_Labels_AreInTheSlotNamesNode()
    {
        using var network = Network("resnet20");
        var metadata = ExportedClassifier.Metadata(32, Classes);

        var node = ExportedClassifier.Model(network, metadata).Graph.Node.Single(n => n.Name == "mlnet.Score.SlotNames");

        Assert.Equal(("LabelEncoder", "ai.onnx.ml"), (node.OpType, node.Domain));
        Assert.Equal(metadata.Labels, node.Attribute.Single(a => a.Name == "keys_strings").Strings.Select(s => s.ToStringUtf8()));
    }

    [Fact]
    public void Export_Weights_BearTheNamesOfTheStateDictionary()
    {
        using var network = Network("resnet20");

        var written = ExportedClassifier.Model(network, ExportedClassifier.Metadata(32, Classes)).Graph.Initializer
            .Where(i => i.Name.Contains('.', StringComparison.Ordinal)).Select(i => i.Name);

        var expected = network.state_dict().Keys.Where(key => !key.EndsWith("num_batches_tracked", StringComparison.Ordinal));
        Assert.Equal(expected.Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Export_NetworkInTraining_LeavesItTrainingAndWritesItsEvaluation()
    {
        using var network = Network("resnet20");
        var expected = Export(network);

        network.train();
        var written = Export(network);

        Assert.Equal(expected, written);
        Assert.True(network.training);
        Assert.All(network.modules(), module => Assert.True(module.training));
    }

    [Fact]
    public void Export_Twice_WritesTheSameFile()
    {
        using var network = Network("resnet20");

        Assert.Equal(Export(network), Export(network));
    }

    [Fact]
    public void Export_Done_LeavesNoTensorAlive()
    {
        using var network = Network("resnet20");
        ToChannelsLast(network);    // so that weights are copied on their way
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        Export(network);

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    private static Module<Tensor, Tensor> Network(string name)
    {
        // With a smaller gain the images no longer tell in the last layer of the deeper networks.
        var reference = name == "segooglenet_5x5" ? "segooglenet" : name;
        var network = FormulaValues.Fill(ImageModels.Get(name).Build(Classes), ReferenceNetwork.Load(reference).Gain);
        network.eval();
        return network;
    }

    private static byte[] Export(Module<Tensor, Tensor> network) =>
        ExportedClassifier.Bytes(network, ExportedClassifier.Metadata(32, Classes));

    private static void ToChannelsLast(Module<Tensor, Tensor> network)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        foreach (var conv in network.modules().OfType<Conv2d>())
        {
            conv.weight.set_(conv.weight.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2));
        }
    }

    private static string Describe(KeyValuePair<string, NodeMetadata> port)
    {
        var dimensions = port.Value.Dimensions.Select((size, i) => size < 0 ? port.Value.SymbolicDimensions[i] : $"{size}");
        return $"{port.Key} {port.Value.ElementType.Name} [{string.Join(", ", dimensions)}]";
    }
}
