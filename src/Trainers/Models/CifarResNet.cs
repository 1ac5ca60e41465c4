using MLVision.Trainers.Models.Layers;
using TorchSharp.Modules;
using static MLVision.Trainers.Models.Layers.MetaLayers;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models;

/// <summary>Residual network for small images: ResNet-20, 32, 44, 56 and 110.</summary>
/// <remarks>
/// Input: [N, 3, 32, 32]; output: [N, classes], logits. Depth 6n + 2: three stages of n basic blocks with 16, 32 and 64 channels.
/// Source: He et al. 2016, §4.2, arXiv:1512.03385, where shortcuts are zero-padded (option A). Keys follow torchvision's ResNet,
/// so the head is <c>fc</c>. Squeeze-and-excitation is an addition.
/// </remarks>
internal sealed class CifarResNet : Block
{
    /// <summary>Ends the names of those with projection shortcuts: <c>resnet20_projection</c>.</summary>
    public const string ProjectionSuffix = "_projection";

    private static readonly int[] Depths = [20, 32, 44, 56, 110];

    private readonly Conv2d conv1 = Conv3x3(3, 16);
    private readonly BatchNorm2d bn1 = BatchNorm(16);
    private readonly ReLU relu = ReLU();
    private readonly Sequential layer1;
    private readonly Sequential layer2;
    private readonly Sequential layer3;
    private readonly AdaptiveAvgPool2d avgpool = AdaptiveAvgPool2d(1);
    private readonly Flatten flatten = Flatten();
    private readonly Linear fc;

    /// <summary>Rows for all depths in the table of architectures: with zero padding, then with projections.</summary>
    /// <param name="name">What stands before the depth.</param>
    /// <param name="family">Their family.</param>
    /// <param name="design">What the blocks are, but for their shortcuts.</param>
    public static IEnumerable<ImageModel> Rows(string name, ModelFamily family, ResidualDesign design) =>
    [
        .. Depths.Select(depth =>
            Row($"{name}{depth}", family, depth, design with { Shortcut = ResidualShortcut.ZeroPadding })),
        .. Depths.Select(depth =>
            Row($"{name}{depth}{ProjectionSuffix}", family, depth, design with { Shortcut = ResidualShortcut.Projection })),
    ];

    /// <summary>Builds the network.</summary>
    /// <param name="depth">Layers with weights: 6n + 2.</param>
    /// <param name="design">What the blocks are: basic ones.</param>
    /// <param name="classes">Number of classes.</param>
    /// <exception cref="ArgumentOutOfRangeException">depth is not 6n + 2, or the design is of bottlenecks.</exception>
    public CifarResNet(int depth, ResidualDesign design, int classes)
        : base(nameof(CifarResNet))
    {
        ArgumentOutOfRangeException.ThrowIfEqual(design.IsBottleneck, true, nameof(design));
        if (depth < 8 || (depth - 2) % 6 != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(depth), depth, "The depth of a CIFAR ResNet is 6n + 2: 20, 32, 44, 56, 110.");
        }

        var blocks = (depth - 2) / 6;
        layer1 = ResNet.Stage(design, 16, 16, blocks, stride: 1);
        layer2 = ResNet.Stage(design, 16, 32, blocks, stride: 2);
        layer3 = ResNet.Stage(design, 32, 64, blocks, stride: 2);
        fc = FullyConnected(64, classes);
        RegisterComponents();
    }

    public override T Flow<T>(IGraph<T> graph, T x)         // [N, 3, 32, 32]
    {
        x = graph.Apply(relu, graph.Apply(bn1, graph.Apply(conv1, x)));
        x = graph.Apply(layer1, x);                         // [N, 16, 32, 32]
        x = graph.Apply(layer2, x);                         // [N, 32, 16, 16]
        x = graph.Apply(layer3, x);                         // [N, 64, 8, 8]
        x = graph.Apply(flatten, graph.Apply(avgpool, x));  // [N, 64]
        return graph.Apply(fc, x);                          // [N, classes], logits
    }

    private static ImageModel Row(string name, ModelFamily family, int depth, ResidualDesign design) =>
        new(name, family, imageSize: 32, classes: 10, classes => new CifarResNet(depth, design, classes))
        {
            Rename = ResNet.FromOthers,
        };
}
