using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using TorchSharp.Modules;
using static MLVision.Trainers.Models.Layers.MetaLayers;
using static TorchSharp.torch.nn;

namespace Trainers.Tests.Weights.Onnx;

/// <summary>A small network with everything in it that the table's networks are made of.</summary>
internal sealed class PatchworkNetwork : Block
{
    public const int ImageSize = 16;

    private readonly Conv2d conv1 = BiasedConvolution(3, 8, 3, padding: 1);
    private readonly BatchNorm2d bn1 = BatchNorm(8);
    private readonly ReLU relu = ReLU();
    private readonly MaxPool2d maxpool = MaxPool2d(2);
    private readonly Sequential left = Sequential(Conv1x1(8, 8), BatchNorm(8));
    private readonly Sequential right = Sequential(Conv1x1(8, 8), BatchNorm(8));
    private readonly SqueezeExcitation se = new(16);
    private readonly Conv2d conv2 = Conv3x3(18, 18);
    private readonly BatchNorm2d bn2 = BatchNorm(18, epsilon: 1e-3);
    private readonly SiLU silu = SiLU();
    private readonly AvgPool2d avgpool = AvgPool2d(2);
    private readonly AdaptiveAvgPool2d uneven = AdaptiveAvgPool2d(3);
    private readonly Flatten flatten = Flatten();
    private readonly Linear hidden = FullyConnected(18 * 9, 10);
    private readonly ReLU relu2 = ReLU();
    private readonly RandomDropout dropout = new(0.5);
    private readonly Linear fc;

    public PatchworkNetwork(int classes)
        : base(nameof(PatchworkNetwork))
    {
        fc = FullyConnected(10, classes);
        RegisterComponents();
    }

    /// <summary>It as an architecture, which the table does not list.</summary>
    public static ImageModel Model { get; } =
        new("patchwork", ImageModels.All[0].Family, ImageSize, classes: 3, classes => new PatchworkNetwork(classes));

    public override T Flow<T>(IGraph<T> graph, T x)                                 // [N, 3, 16, 16]
    {
        x = graph.Apply(relu, graph.Apply(bn1, graph.Apply(conv1, x)));
        x = graph.Apply(maxpool, x);                                                // [N, 8, 8, 8]
        x = graph.Concat(graph.Apply(left, x), graph.Apply(right, x));              // [N, 16, 8, 8]
        x = graph.PadChannels(graph.Apply(se, x), 1, 1);                            // [N, 18, 8, 8]
        x = graph.Add(graph.Apply(silu, graph.Apply(bn2, graph.Apply(conv2, x))), x);
        x = graph.Apply(uneven, graph.Apply(avgpool, x));                           // [N, 18, 3, 3]
        x = graph.Apply(relu2, graph.Apply(hidden, graph.Apply(flatten, x)));       // [N, 10]
        return graph.Apply(fc, graph.Apply(dropout, x));                            // [N, classes], logits
    }
}
