using MLVision.Trainers.Models.Layers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Tests.Models.Layers;

public class CostGraphTests
{
    // By hand, for an image of 9 × 9.
    private static readonly Dictionary<string, (Func<Module<Tensor, Tensor>> Build, long MultiplyAdds)> Layers = new()
    {
        ["convolution"] = (() => Conv2d(3, 4, 3, stride: 2, padding: 1), 3 * 3 * 3 * 4 * 5 * 5),
        ["depthwise convolution"] = (() => Conv2d(3, 6, 3, groups: 3), 3 * 3 * 6 * 7 * 7),
        ["oblong convolution"] = (() => Conv2d(3, 4, (1, 3), (1L, 2L), (0L, 1L)), 3 * 3 * 4 * 9 * 5),
        ["linear after flatten"] = (() => Sequential(Flatten(), Linear(243, 5)), 243 * 5),
        ["max pool, ceil mode"] = (() => Sequential(MaxPool2d(2, ceil_mode: true), Conv2d(3, 1, 1)), 3 * 5 * 5),
        ["average pool"] = (() => Sequential(AvgPool2d(2), Conv2d(3, 1, 1)), 3 * 4 * 4),
        ["adaptive pool"] = (() => Sequential(AdaptiveAvgPool2d(2), Conv2d(3, 1, 1)), 3 * 2 * 2),
        ["channels"] = (() => Sequential(new Widened(), Conv2d(8, 1, 1)), (3 * 2 * 81) + (8 * 81)),
        ["layers that cost nothing"] = (() => Sequential(
            BatchNorm2d(3), ReLU(), SiLU(), Sigmoid(), new RandomDropout(0.5), new StochasticDepth(0.2)), 0),
    };

    public static TheoryData<string> LayerNames() => [.. Layers.Keys];

    [Theory]
    [MemberData(nameof(LayerNames))]
    public void Count_EachLayer_IsTheHandArithmetic(string name)
    {
        using var network = Layers[name].Build();

        Assert.Equal(Layers[name].MultiplyAdds, CostGraph.Count(network, imageSize: 9));
    }

    [Fact]
    public void Count_UnknownLayer_ThrowsWithItsType()
    {
        using var network = GELU();

        var error = Assert.Throws<NotSupportedException>(() => CostGraph.Count(network, imageSize: 9));

        Assert.Contains("GELU", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Channels: 3 given, 2 from a 1×1 convolution, 3 of zeros.</summary>
    private sealed class Widened : Block
    {
        private readonly Module<Tensor, Tensor> conv = Conv2d(3, 2, 1);

        public Widened()
            : base(nameof(Widened)) => RegisterComponents();

        public override T Flow<T>(IGraph<T> graph, T x) => graph.PadChannels(graph.Concat(x, graph.Apply(conv, x)), before: 1, after: 2);
    }
}
