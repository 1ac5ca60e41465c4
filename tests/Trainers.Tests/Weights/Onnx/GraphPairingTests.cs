using System.Runtime.InteropServices;
using Google.Protobuf;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization.Graph;
using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Weights;
using MLVision.Trainers.Weights.Files.Tensors;
using MLVision.Trainers.Weights.Onnx;
using Trainers.Tests.Onnx;
using static TorchSharp.torch;

namespace Trainers.Tests.Weights.Onnx;

public sealed class GraphPairingTests : IDisposable
{
    private const int Classes = 3;

    private static readonly ImageModel Patchwork = PatchworkNetwork.Model;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("graph-pairing-");

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>So a new kind of layer must be added to it, and then be found. Dropout of blocks leaves no node.</summary>
    [Fact]
    public void Patchwork_LayersOfTheTablesNetworks_LacksOnlyStochasticDepth()
    {
        using var scope = NewDisposeScope();

        var all = ImageModels.All.SelectMany(LayersOf).Distinct();

        Assert.Equal([typeof(StochasticDepth)], all.Except(LayersOf(Patchwork)));
    }

    [Fact]
    public void Find_ExportedPatchwork_GivesEveryWeight() => AssertSame(Patchwork, PatchworkNetwork.ImageSize);

    [Theory]
    [InlineData("resnet20", 32)]
    [InlineData("seresnet20_projection", 32)]
    [InlineData("googlenet", 64)]
    [InlineData("efficientnet_b0", 64)]
    public void Find_ExportedNetwork_GivesEveryWeight(string architecture, int imageSize) =>
        AssertSame(ImageModels.Get(architecture), imageSize);

    /// <summary>The network with the weights that are found computes what the network with its batch norm does.</summary>
    [Fact]
    public void Find_FoldedBatchNorm_ComputesTheSame()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var network = FormulaValues.Fill(Patchwork.Build(Classes));
        var model = Export(network, PatchworkNetwork.ImageSize);
        BatchNormFolding.Fold(model.Graph);

        using var other = Patchwork.Build(Classes);
        var state = other.state_dict();
        foreach (var weight in Find(model, Patchwork))
        {
            weight.Values.CopyTo(MemoryMarshal.Cast<byte, float>(state[weight.Name].bytes));
        }

        network.eval();
        other.eval();
        var images = FormulaValues.Images(2, PatchworkNetwork.ImageSize);
        var (expected, actual) = (network.call(images), other.call(images));
        Assert.DoesNotContain(model.Graph.Node, node => node.OpType == "BatchNormalization");
        Assert.NotEqual(0, (expected[0] - expected[1]).abs().max().item<float>());
        Assert.InRange((actual - expected).abs().max().item<float>() / expected.abs().max().item<float>(), 0, 1e-5);   // float32's rounding
    }

    [Fact]
    public void Find_FoldedBatchNorm_GivesOneThatOnlyAdds()
    {
        using var network = FormulaValues.Fill(Patchwork.Build(Classes));
        var model = Export(network, PatchworkNetwork.ImageSize);
        BatchNormFolding.Fold(model.Graph);

        var found = Find(model, Patchwork).ToDictionary(weight => weight.Name, weight => weight.Values);

        // With variance 1, the factor √(1 + 1e-3) makes up for the epsilon.
        Assert.All(found["bn2.weight"], value => Assert.Equal(1.0004999f, value, 1e-6f));
        Assert.All(found["bn2.running_mean"], value => Assert.Equal(0, value));
        Assert.All(found["bn2.running_var"], value => Assert.Equal(1, value));
        Assert.Contains(found["bn2.bias"], value => value != 0);
        Assert.All(found["bn1.bias"], value => Assert.Equal(0, value));     // conv1 has a bias of its own
    }

    /// <summary>Half precision keeps eleven bits of the weights, into which batch norm is folded.</summary>
    [Theory]
    [InlineData("patchwork")]
    [InlineData("googlenet")]
    [InlineData("efficientnet_b0")]
    public void Find_ModelInHalfPrecision_GivesTheFoldedWeights(string architecture)
    {
        var model = architecture == "patchwork" ? Patchwork : ImageModels.Get(architecture);
        using var network = FormulaValues.Fill(model.Build(Classes));
        var folded = Export(network, 64);
        var halved = HalfPrecision.Convert(folded);
        BatchNormFolding.Fold(folded.Graph);

        var found = Find(halved, model);

        var expected = Find(folded, model).ToDictionary(weight => weight.Name, weight => weight.Values);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), found.Select(weight => weight.Name).Order(StringComparer.Ordinal));
        Assert.All(found, weight => Assert.All(
            weight.Values.Zip(expected[weight.Name]),
            pair => Assert.Equal(pair.Second, pair.First, (MathF.Abs(pair.Second) / 1024) + 1e-4f)));
    }

    [Fact]
    public void Find_GraphWithoutTheLastLayer_LeavesItOut()
    {
        using var network = FormulaValues.Fill(Patchwork.Build(Classes));
        var model = Export(network, PatchworkNetwork.ImageSize);
        model.Graph.Node.Remove(model.Graph.Node.Last(node => node.OpType == "Gemm"));

        var found = Find(model, Patchwork);

        Assert.Equal(
            ["fc.bias", "fc.weight"],
            Values(network).Keys.Except(found.Select(weight => weight.Name)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Find_ConstantWithoutValues_SaysWhichAndHowManyThereAre()
    {
        using var network = FormulaValues.Fill(Patchwork.Build(Classes));
        var model = Export(network, PatchworkNetwork.ImageSize);
        model.Graph.Initializer.Single(tensor => tensor.Name == "bn1.bias").RawData = ByteString.Empty;

        var error = Assert.Throws<WeightsFileException>(() => Find(model, Patchwork));

        Assert.EndsWith(
            "is damaged: its tensor 'bn1.bias' of shape [8] has 0 values in the file.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_MissingConstant_SaysWhich()
    {
        using var network = FormulaValues.Fill(Patchwork.Build(Classes));
        var model = Export(network, PatchworkNetwork.ImageSize);
        model.Graph.Initializer.Remove(model.Graph.Initializer.Single(tensor => tensor.Name == "hidden.bias"));

        var error = Assert.Throws<WeightsFileException>(() => Find(model, Patchwork));

        Assert.EndsWith("is refused: its graph has no constant for hidden.bias.", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<Type> LayersOf(ImageModel model)
    {
        using var network = model.Network(2);
        return
        [
            .. network.modules().Select(module => module.GetType())
                .Where(type => type != typeof(TorchSharp.Modules.Sequential) && !type.IsAssignableTo(typeof(Block))).Distinct(),
        ];
    }

    private void AssertSame(ImageModel architecture, int imageSize)
    {
        using var network = FormulaValues.Fill(architecture.Build(Classes));

        var found = Find(Export(network, imageSize), architecture);

        var expected = Values(network);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), found.Select(weight => weight.Name).Order(StringComparer.Ordinal));
        Assert.All(found, weight => Assert.Equal(expected[weight.Name], weight.Values));
    }

    private static ModelProto Export(Block network, int imageSize)
    {
        network.eval();
        return ExportedClassifier.Model(network, ExportedClassifier.Metadata(imageSize, Classes));
    }

    private IReadOnlyList<FoundWeight> Find(ModelProto model, ImageModel architecture)
    {
        var path = Path.Combine(_folder.FullName, "model.onnx");
        File.WriteAllBytes(path, model.ToByteArray());
        using var file = MappedFile.Open(path);
        return GraphPairing.Find(file, model, architecture);
    }

    private static Dictionary<string, float[]> Values(nn.Module network) => network.state_dict()
        .Where(entry => !NetworkShapes.IsCounter(entry.Key))
        .ToDictionary(entry => entry.Key, entry => MemoryMarshal.Cast<byte, float>(entry.Value.bytes).ToArray());
}
