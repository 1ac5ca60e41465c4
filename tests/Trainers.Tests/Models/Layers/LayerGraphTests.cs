using MLVision.MLNetExtensions.Quantization.Graph;
using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Tests.Models.Layers;

/// <summary>Whoever looks into layers knows all that the table's networks have, and refuses any other by the name of its type.</summary>
public class LayerGraphTests
{
    private const int Channels = 4;

    // One of each layer that a network of the table has, and the shape of an input without the batch.
    private static readonly Dictionary<Type, (Func<Module<Tensor, Tensor>> Make, long[] Input)> Examples = new()
    {
        [typeof(Conv2d)] = (() => Conv2d(Channels, Channels, 3), [Channels, 8, 8]),
        [typeof(BatchNorm2d)] = (() => BatchNorm2d(Channels), [Channels, 8, 8]),
        [typeof(Linear)] = (() => Linear(Channels, 3), [Channels]),
        [typeof(ReLU)] = (() => ReLU(), [Channels, 8, 8]),
        [typeof(SiLU)] = (() => SiLU(), [Channels, 8, 8]),
        [typeof(Sigmoid)] = (() => Sigmoid(), [Channels, 8, 8]),
        [typeof(MaxPool2d)] = (() => MaxPool2d(2), [Channels, 8, 8]),
        [typeof(AdaptiveAvgPool2d)] = (() => AdaptiveAvgPool2d(1), [Channels, 8, 8]),
        [typeof(Flatten)] = (() => Flatten(), [Channels, 8, 8]),
        [typeof(RandomDropout)] = (() => new RandomDropout(0.5), [Channels, 8, 8]),
        [typeof(StochasticDepth)] = (() => new StochasticDepth(0.5), [Channels, 8, 8]),
    };

    // What runs a layer on a value of some shape.
    private static readonly Dictionary<string, Action<Module<Tensor, Tensor>, long[]>> Interpreters = new()
    {
        ["eager"] = (layer, shape) => Compute(EagerGraph.Plain, layer, shape),
        ["eager, mixed precision"] = (layer, shape) => Compute(EagerGraph.Mixed, layer, shape),
        ["cost"] = (layer, shape) => new CostGraph().Apply(layer, shape),
        ["ONNX"] = (layer, shape) => Write(layer, shape),
    };

    private static readonly Dictionary<string, Action<Module>> Weights = new()
    {
        ["memory"] = network => NetworkMemory.Allocate(network),
        ["first weights"] = network => Initialization.HeNormal(network, seed: 1, _ => true),
    };

    public static TheoryData<string, string> InterpretersAndLayers() =>
        [.. Interpreters.Keys.SelectMany(interpreter => Examples.Keys.Select(type => (interpreter, type.Name)))];

    public static TheoryData<string> InterpreterNames() => [.. Interpreters.Keys];

    public static TheoryData<string> WeightNames() => [.. Weights.Keys];

    public static TheoryData<string> LayerNames() => [.. Examples.Keys.Select(type => type.Name)];

    /// <summary>A new kind of layer in any network fails here first; its example then goes through all tests below.</summary>
    [Fact]
    public void Examples_AreTheLayersOfAllNetworks()
    {
        using var scope = NewDisposeScope();

        var found = ImageModels.All.SelectMany(LeavesOf).Select(type => type.Name).Distinct();

        Assert.Equal(
            Examples.Keys.Select(type => type.Name).Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(InterpretersAndLayers))]
    public void Apply_LayerOfANetwork_IsKnown(string interpreter, string layer)
    {
        var (make, input) = Example(layer);
        using var module = make();

        Interpreters[interpreter](module, input);
    }

    [Theory]
    [MemberData(nameof(InterpreterNames))]
    public void Apply_MadeUpLayer_IsRefusedByName(string interpreter)
    {
        using var layer = new MadeUpLayer();

        var error = Assert.Throws<NotSupportedException>(() => Interpreters[interpreter](layer, [Channels, 8, 8]));

        Assert.Contains(nameof(MadeUpLayer), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(WeightNames))]
    public void Visit_MadeUpLayerWithWeights_IsRefusedByName(string weights)
    {
        using var network = Sequential(new MadeUpLayer());

        var error = Assert.Throws<NotSupportedException>(() => Weights[weights](network));

        Assert.Contains("'0.weight' is of a layer of type MadeUpLayer", error.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// The quantizer reads ONNX nodes. One that it does not know stays in floating point, which is slower, and nobody sees it.
    /// </summary>
    [Theory]
    [MemberData(nameof(LayerNames))]
    public void Nodes_OfEachLayer_HaveAFormInIntegers(string layer)
    {
        var (make, input) = Example(layer);
        using var module = make();

        var graph = Write(module, input).Proto;

        var links = new GraphLinks(graph);
        Assert.All(graph.Node, node => Assert.True(
            QuantizableNodes.IsLayer(node, links) || QuantizableNodes.IsWeightless(node, links)
            || node.OpType == "BatchNormalization",     // folded into the convolution before it
            $"{layer}: {node.OpType}"));
    }

    private static (Func<Module<Tensor, Tensor>> Make, long[] Input) Example(string layer) =>
        Examples.Single(example => example.Key.Name == layer).Value;

    private static IEnumerable<Type> LeavesOf(ImageModel model)
    {
        using var network = (model.TrainingNetwork ?? model.Network)(2);
        return [.. network.modules().Select(module => module.GetType()).Where(type => !IsMadeOfLayers(type)).Distinct()];
    }

    private static bool IsMadeOfLayers(Type type) => type == typeof(Sequential) || type.IsAssignableTo(typeof(Block));

    private static void Compute(EagerGraph graph, Module<Tensor, Tensor> layer, long[] shape)
    {
        using var scope = NewDisposeScope();
        graph.Apply(layer, ones([1, .. shape]));
    }

    private static OnnxGraph Write(Module<Tensor, Tensor> layer, long[] shape)
    {
        var graph = new OnnxGraph(
            layer.state_dict().ToDictionary(entry => entry.Value.Handle, entry => new NamedWeight(entry.Key, entry.Value)));
        graph.Apply(layer, new OnnxValue("x", shape));
        return graph;
    }

    /// <summary>A layer that nobody has heard of.</summary>
    private sealed class MadeUpLayer : Module<Tensor, Tensor>
    {
        private readonly Parameter weight = Parameter(ones(1));

        public MadeUpLayer()
            : base(nameof(MadeUpLayer)) => RegisterComponents();

        public override Tensor forward(Tensor input) => input * weight;
    }
}
