using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization.Graph;
using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Onnx;
using MLVision.Trainers.Training.Trust;
using MLVision.Trainers.Weights.Files;
using Trainers.Tests.Models;
using static TorchSharp.torch;

namespace Trainers.Tests.Onnx;

/// <summary>What a model gives beside its scores, for one network of each family or more.</summary>
public class OutputNodesTests
{
    private const int Classes = 10;
    private const int Images = 3;
    private const ModelOutputs Both = ModelOutputs.Embedding | ModelOutputs.Heat;

    // Single precision, summed in other orders; logits are of the order of 1 to 10.
    private const float Tolerance = 1e-3f;

    private static readonly string[] Names = ["Embedding", "Heat"];

    [Theory]
    [InlineData("alexnet", 127, ModelOutputs.Embedding)]
    [InlineData("vgg11", 64, ModelOutputs.Embedding)]
    [InlineData("googlenet", 64, Both)]
    [InlineData("resnet18", 64, Both)]
    [InlineData("resnet20", 32, Both)]
    [InlineData("seresnet18", 73, Both)]
    [InlineData("seresnet50_timm", 73, Both)]
    [InlineData("efficientnet_b0", 64, Both)]
    public void Write_EachFamily_LastLayerMakesTheScoresOfThem(string name, int imageSize, ModelOutputs outputs)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var network = Network(name);
        var head = new Backbone(network, ImageModels.Get(name).Head).Head;

        var found = Run(Model(network, imageSize, outputs), imageSize);

        var embedding = tensor(found[ModelOutputs.Embedding.ToString()], Images, head.in_features);
        var logits = embedding.matmul(head.weight!.t()) + head.bias!;
        var scores = tensor(found[ClassifierModel.Score], Images, Classes);
        AssertClose(scores, nn.functional.softmax(logits, 1));
        if (outputs == Both)
        {
            var best = logits.argmax(1);
            var ofTheBest = tensor(found[ModelOutputs.Heat.ToString()]).view(Images, -1).mean([1]) + head.bias!.index_select(0, best);
            AssertClose(logits.gather(1, best.unsqueeze(1)).squeeze(1), ofTheBest);
        }
    }

    // Features [1, 2, 2, 2] = pixels: channel 0 is red, channel 1 green. With the rows (1, 0) and (-1, 2) and no bias, an image of red
    // 4 0 / 0 0 and green 0 0 / 0 2 has averages (1, 0.5), logits (1, 0), and the heat of class 0 is its red.
    [Fact]
    public void Write_HandMadeWeights_HeatIsTheMapTimesTheRowOfTheBestClass()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var linear = nn.Linear(3, 2);
        linear.weight!.set_(tensor(new float[,] { { 1, 0, 0 }, { -1, 2, 0 } }));
        linear.bias!.zero_();
        using var network = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), linear);
        var metadata = ExportedClassifier.Metadata(2, 2) with { Mean = [0, 0, 0], StandardDeviation = [1 / 255f, 1 / 255f, 1 / 255f] };
        byte[] pixels = [4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0];
        byte[] bytes = [];
        OnnxExporter.Export(network, metadata, model => bytes = model.ToByteArray(), Both);

        using var session = new InferenceSession(bytes);
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [1, 2, 2, 3]);
        using var options = new RunOptions();
        using var found = session.Run(options, [ClassifierModel.Pixels], [input], ["Heat", "Embedding"]);

        Assert.Equal([4, 0, 0, 0], found[0].GetTensorDataAsSpan<float>().ToArray());
        Assert.Equal([1, 0.5f, 0], found[1].GetTensorDataAsSpan<float>().ToArray());
        Assert.Equal([1, 2, 2], found[0].GetTensorTypeAndShape().Shape);
    }

    // An image of red 9 and green 16 has the direction (0.6, 0.8, 0) and is of class 1. Of the prototypes only those of class 1 count:
    // cosines 0.8 and 1, mean 0.9. Of the knots 0.5, 0.89, 0.91, 0.95 two are as low: (1 + 2) / (1 + 4).
    [Fact]
    public void Write_HandMadeReference_FamiliarityIsTheShareOfKnownImagesAsStrange()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var linear = nn.Linear(3, 2);
        linear.weight!.set_(tensor(new float[,] { { 1, 0, 0 }, { 0, 1, 0 } }));
        linear.bias!.zero_();
        using var network = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), linear);
        var metadata = ExportedClassifier.Metadata(2, 2) with { Mean = [0, 0, 0], StandardDeviation = [1 / 255f, 1 / 255f, 1 / 255f] };
        var reference = new FamiliarityReference(
            [0, 1, 0, 0.6f, 0.8f, 0, 0.6f, 0.8f, 0], [1, 1, 0], Nearest: 2, Knots: [0.5f, 0.89f, 0.91f, 0.95f]);
        byte[] pixels = [.. Enumerable.Repeat((byte[])[9, 16, 0], 4).SelectMany(pixel => pixel)];
        byte[] bytes = [];
        OnnxExporter.Export(network, metadata, model => bytes = model.ToByteArray(), ModelOutputs.Familiarity, reference);

        using var session = new InferenceSession(bytes);
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [1, 2, 2, 3]);
        using var options = new RunOptions();
        using var found = session.Run(options, [ClassifierModel.Pixels], [input], ["Familiarity"]);

        Assert.Equal([1, 1], found[0].GetTensorTypeAndShape().Shape);
        Assert.Equal(3 / 5f, found[0].GetTensorDataAsSpan<float>()[0], 1e-6f);
        Assert.Equivalent(reference, FamiliarityConstants.Read(ModelProto.Parser.ParseFrom(bytes)), strict: true);
    }

    [Theory]
    [InlineData("alexnet")]
    [InlineData("vgg11")]
    [InlineData("vgg19_bn")]
    public void Require_HeatOfSeveralLinearLayers_NamesTheArchitecture(string name)
    {
        var error = Assert.Throws<OptionOutOfRangeException>(() => ImageModels.Get(name).Require(Both));

        Assert.StartsWith($"{name} cannot give Heat", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Require_HeatOfAllOthers_IsGiven() => Assert.All(
        ImageModels.All.Where(
            model => !model.Name.StartsWith("alexnet", StringComparison.Ordinal)
                && !model.Name.StartsWith("vgg", StringComparison.Ordinal)),
        model => model.Require(Both));

    [Fact]
    public void Write_NothingAskedFor_FileIsAsItWas()
    {
        using var network = Network("resnet20");

        var model = Model(network, 32, ModelOutputs.None);

        Assert.Equal(["Score", "PredictedIndex"], model.Graph.Output.Select(port => port.Name));
        Assert.DoesNotContain(model.Graph.Node, node => node.OpType is "Identity" or "Gather");
    }

    [Fact]
    public void Write_Shapes_AreTheContract()
    {
        using var network = Network("resnet20");
        using var session = new InferenceSession(Model(network, 32, Both).ToByteArray());

        Assert.Equal([-1, 64], session.OutputMetadata["Embedding"].Dimensions);
        Assert.Equal([-1, 8, 8], session.OutputMetadata["Heat"].Dimensions);
    }

    // Half precision rounds each layer to 2⁻¹¹; features of this network are of the order of 1.
    [Fact]
    public void Convert_HalfPrecision_GivesTheSameOutputs()
    {
        using var network = Network("resnet20");
        var model = Model(network, 32, Both);

        var (before, after) = (Run(model, 32), Run(HalfPrecision.Convert(model), 32));

        Assert.All(Names, name => Assert.InRange(RelativeError(before[name], after[name]), 0, 0.02));
    }

    // As QuantizedExportTests: rounding to 8 bits leaves some per cents; a wrong scale would leave no likeness.
    [Fact]
    public void Quantize_Int8_GivesTheSameOutputs()
    {
        using var network = Network("resnet20");
        var model = QuantizableModel.Prepare(Model(network, 32, Both));

        var quantized = model.Quantize(
            QuantizedExportTests.Ranges(model, FormulaValues.Pixels(Images, 32), 32, Images), new HashSet<string>());

        var (before, after) = (Run(model.Folded, 32), Run(quantized, 32));
        Assert.All(Names, name => Assert.InRange(RelativeError(before[name], after[name]), 0, 0.1));
    }

    // The nodes of outputs and temperature read what the network's own nodes read: the walk that finds weights must pass them by.
    [Theory]
    [InlineData("googlenet", 64)]
    [InlineData("seresnet20", 32)]
    [InlineData("seresnet50_timm", 64)]
    [InlineData("efficientnet_b0", 64)]
    public void Find_ModelWithOutputsAndTemperature_AreTheWeightsItWasMadeOf(string name, int imageSize)
    {
        var architecture = ImageModels.Get(name);
        using var network = FormulaValues.Fill(architecture.Build(2));
        var reference = FamiliarityReference.StandIn((int)new Backbone(network, architecture.Head).Head.in_features);
        var path = Path.GetTempFileName();
        try
        {
            OnnxExporter.Export(
                network, ExportedClassifier.Metadata(imageSize, 2) with { Architecture = name, Temperature = 3 },
                model => File.WriteAllBytes(path, model.ToByteArray()), Both | ModelOutputs.Familiarity, reference);

            using var file = WeightsFile.Open(path);
            var expected = network.state_dict()
                .Where(entry => !entry.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)).ToList();
            Assert.Equal(
                expected.Select(entry => entry.Key).Order(StringComparer.Ordinal), file.Tensors.Keys.Order(StringComparer.Ordinal));
            Assert.All(expected, entry =>
            {
                var values = new float[file.Tensors[entry.Key].Count];
                file.Tensors[entry.Key].CopyTo(values);
                Assert.Equal(entry.Value.data<float>().ToArray(), values);
            });
        }
        finally
        {
            File.Delete(path);
        }
    }

    // softmax(z / 2): the logarithms of scores lie half as far apart as without a temperature.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Convert_Temperature_StaysInFloatAndDivides(bool isInt8)
    {
        using var network = Network("resnet20");
        var (plain, divided) = (Smaller(1), Smaller(2));

        Assert.Single(divided.Graph.Node, node => node.OpType == "Div");
        var pairs = Run(plain, 32)[ClassifierModel.Score].Chunk(Classes).Zip(Run(divided, 32)[ClassifierModel.Score].Chunk(Classes));
        Assert.All(pairs, pair => Assert.Equal(
            Math.Log(pair.First.Max() / pair.First.Min()) / 2, Math.Log(pair.Second.Max() / pair.Second.Min()), Tolerance));

        ModelProto Smaller(double temperature)
        {
            var model = ExportedClassifier.Model(network, ExportedClassifier.Metadata(32, Classes) with { Temperature = temperature });
            if (!isInt8)
            {
                return HalfPrecision.Convert(model);
            }

            var quantizable = QuantizableModel.Prepare(model);
            return quantizable.Quantize(
                QuantizedExportTests.Ranges(quantizable, FormulaValues.Pixels(Images, 32), 32, Images), new HashSet<string>());
        }
    }

    private static Block Network(string name) =>
        FormulaValues.Fill(ImageModels.Get(name).Build(Classes), ReferenceNetwork.Load(name).Gain);

    private static ModelProto Model(Block network, int imageSize, ModelOutputs outputs)
    {
        network.eval();
        byte[] bytes = [];
        OnnxExporter.Export(
            network, ExportedClassifier.Metadata(imageSize, Classes), model => bytes = model.ToByteArray(), outputs);
        return ModelProto.Parser.ParseFrom(bytes);
    }

    private static Dictionary<string, float[]> Run(ModelProto model, int size)
    {
        using var session = new InferenceSession(model.ToByteArray());
        using var input = OrtValue.CreateTensorValueFromMemory(FormulaValues.Pixels(Images, size), [Images, size, size, 3]);
        using var options = new RunOptions();
        string[] names = [.. session.OutputNames.Where(name => name != ClassifierModel.PredictedIndex)];
        using var found = session.Run(options, [ClassifierModel.Pixels], [input], names);
        return names.Zip(found).ToDictionary(pair => pair.First, pair => pair.Second.GetTensorDataAsSpan<float>().ToArray());
    }

    private static double RelativeError(float[] expected, float[] actual) => Math.Sqrt(
        expected.Zip(actual).Sum(pair => Math.Pow(pair.First - pair.Second, 2)) / expected.Sum(value => value * (double)value));

    private static void AssertClose(Tensor expected, Tensor actual) =>
        Assert.All(
            expected.data<float>().ToArray().Zip(actual.data<float>().ToArray()),
            pair => Assert.InRange(pair.Second, pair.First - Tolerance, pair.First + Tolerance));
}
