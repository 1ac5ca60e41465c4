using MLVision.Trainers.Models.Layers;
using TorchSharp.Modules;
using static MLVision.Trainers.Models.Layers.MetaLayers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models;

/// <summary>What the blocks of a residual network are.</summary>
internal sealed record ResidualDesign
{
    /// <summary>Two 3×3 convolutions each: ResNet-18 and 34.</summary>
    public static readonly ResidualDesign Basic = new();

    /// <summary>ResNet-50 and deeper.</summary>
    public static readonly ResidualDesign Bottlenecks = new() { IsBottleneck = true };

    /// <summary>Whether a block has three convolutions (bottleneck: 1×1, 3×3, 1×1) instead of two 3×3 ones.</summary>
    public bool IsBottleneck { get; init; }

    /// <summary>Groups of a bottleneck's 3×3 convolution, ResNeXt's cardinality; 1 or more.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Channels of each of those groups in the first stage: 64 is ResNet's, 128 makes a Wide ResNet.</summary>
    public int WidthPerGroup { get; init; } = 64;

    /// <summary>Whether squeeze-and-excitation ends each block's own path.</summary>
    public bool SqueezeExcitation { get; init; }

    /// <summary>What carries the input past basic blocks that narrow the image; bottlenecks have projections.</summary>
    public ResidualShortcut Shortcut { get; init; } = ResidualShortcut.Projection;

    /// <summary>
    /// Whether the network is laid out as the first authors' Caffe networks were: the first 1×1 convolution of an ungrouped
    /// bottleneck has the stride, and the stem's pool rounds its size up instead of padding.
    /// </summary>
    public bool IsCaffeForm { get; init; }

    /// <summary>Factor from a stage's planes to its output's channels.</summary>
    public int Expansion => IsBottleneck ? Bottleneck.Expansion : 1;

    /// <summary>Bottlenecks in groups: ResNeXt's, or one wide group.</summary>
    public static ResidualDesign Grouped(int groups, int widthPerGroup) =>
        Bottlenecks with { Groups = groups, WidthPerGroup = widthPerGroup };

    public Block Block(int input, int planes, int stride) =>
        IsBottleneck ? new Bottleneck(input, planes, stride, this) : new BasicBlock(input, planes, stride, this);
}

/// <summary>Two 3×3 convolutions around which the input is carried past.</summary>
/// <remarks>Shape: [N, input, H, W] → [N, planes, H / stride, W / stride]. Source: He et al. 2016, figure 5, left.</remarks>
internal sealed class BasicBlock : Block
{
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly SqueezeExcitation? se;
    private readonly Module<Tensor, Tensor>? downsample;
    private readonly ReLU relu = ReLU();

    public BasicBlock(int input, int planes, int stride, ResidualDesign design)
        : base(nameof(BasicBlock))
    {
        conv1 = Conv3x3(input, planes, stride);
        bn1 = BatchNorm(planes);
        conv2 = Conv3x3(planes, planes);
        bn2 = BatchNorm(planes);
        se = design.SqueezeExcitation ? new SqueezeExcitation(planes) : null;
        downsample = stride == 1 && input == planes ? null
            : design.Shortcut == ResidualShortcut.ZeroPadding ? new ZeroPaddedShortcut(input, planes, stride)
            : Sequential(Conv1x1(input, planes, stride), BatchNorm(planes));
        RegisterComponents();
    }

    public override T Flow<T>(IGraph<T> graph, T x)
    {
        var y = graph.Apply(relu, graph.Apply(bn1, graph.Apply(conv1, x)));
        y = graph.Apply(bn2, graph.Apply(conv2, y));
        y = se is null ? y : graph.Apply(se, y);
        var shortcut = downsample is null ? x : graph.Apply(downsample, x);
        return graph.Apply(relu, graph.Add(y, shortcut));
    }
}

/// <summary>A 3×3 convolution between two 1×1 ones, which narrow and widen the channels.</summary>
/// <remarks>
/// Shape: [N, input, H, W] → [N, 4 · planes, H / stride, W / stride]. Source: He et al. 2016, figure 5, right; in groups: Xie et al.
/// 2017, figure 3c. Differs from the paper: the 3×3 convolution has the stride, not the first 1×1, as in torchvision ("v1.5"),
/// unless the design is in Caffe's form.
/// </remarks>
internal sealed class Bottleneck : Block
{
    public const int Expansion = 4;

    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly Conv2d conv3;
    private readonly BatchNorm2d bn3;
    private readonly SqueezeExcitation? se;
    private readonly Sequential? downsample;
    private readonly ReLU relu = ReLU();

    public Bottleneck(int input, int planes, int stride, ResidualDesign design)
        : base(nameof(Bottleneck))
    {
        var width = planes * design.WidthPerGroup / 64 * design.Groups;
        var output = planes * Expansion;
        var (firstStride, secondStride) = design.IsCaffeForm && design.Groups == 1 ? (stride, 1) : (1, stride);
        conv1 = Conv1x1(input, width, firstStride);
        bn1 = BatchNorm(width);
        conv2 = Conv3x3(width, width, secondStride, design.Groups);
        bn2 = BatchNorm(width);
        conv3 = Conv1x1(width, output);
        bn3 = BatchNorm(output);
        se = design.SqueezeExcitation ? new SqueezeExcitation(output) : null;
        downsample = stride == 1 && input == output ? null : Sequential(Conv1x1(input, output, stride), BatchNorm(output));
        RegisterComponents();
    }

    public override T Flow<T>(IGraph<T> graph, T x)
    {
        var y = graph.Apply(relu, graph.Apply(bn1, graph.Apply(conv1, x)));
        y = graph.Apply(relu, graph.Apply(bn2, graph.Apply(conv2, y)));
        y = graph.Apply(bn3, graph.Apply(conv3, y));
        y = se is null ? y : graph.Apply(se, y);
        var shortcut = downsample is null ? x : graph.Apply(downsample, x);
        return graph.Apply(relu, graph.Add(y, shortcut));
    }
}

/// <summary>Carries the input past a block that narrows the image: every stride-th pixel, the new channels zero.</summary>
/// <remarks>
/// Shape: [N, input, H, W] → [N, planes, H / stride, W / stride]. Without weights. Source: He et al. 2016, §3.3, option A.
/// </remarks>
internal sealed class ZeroPaddedShortcut : Block
{
    private readonly MaxPool2d subsample;
    private readonly int before;
    private readonly int after;

    public ZeroPaddedShortcut(int input, int planes, int stride)
        : base(nameof(ZeroPaddedShortcut))
    {
        subsample = MaxPool2d(1, stride);   // the largest of one pixel is that pixel
        before = (planes - input) / 2;
        after = planes - input - before;
        RegisterComponents();
    }

    public override T Flow<T>(IGraph<T> graph, T x) => graph.PadChannels(graph.Apply(subsample, x), before, after);
}
