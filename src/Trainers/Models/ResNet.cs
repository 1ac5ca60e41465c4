using MLVision.Trainers.Models.Layers;
using TorchSharp.Modules;
using static MLVision.Trainers.Models.Layers.MetaLayers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models;

/// <summary>Residual network for photographs: ResNet, ResNeXt and Wide ResNet, each with squeeze-and-excitation on request.</summary>
/// <remarks>
/// Input: [N, 3, 224, 224], normalised with ImageNet's mean and standard deviation; output: [N, classes], logits.
/// Source: He et al. 2016, table 1, arXiv:1512.03385; Xie et al. 2017, table 1, arXiv:1611.05431; Zagoruyko and Komodakis 2016,
/// arXiv:1605.07146; Hu et al. 2018, table 1, arXiv:1709.01507. Keys are torchvision's, those of squeeze-and-excitation timm's.
/// </remarks>
public sealed class ResNet : Block
{
    private readonly Conv2d conv1 = Convolution(3, 64, 7, stride: 2, padding: 3);
    private readonly BatchNorm2d bn1 = BatchNorm(64);
    private readonly ReLU relu = ReLU();
    private readonly MaxPool2d maxpool;
    private readonly Sequential layer1;
    private readonly Sequential layer2;
    private readonly Sequential layer3;
    private readonly Sequential layer4;
    private readonly AdaptiveAvgPool2d avgpool = AdaptiveAvgPool2d(1);
    private readonly Flatten flatten = Flatten();
    private readonly Linear fc;

    /// <summary>Builds the network.</summary>
    /// <param name="blocks">Blocks per stage: [3, 4, 6, 3] are ResNet-34's and ResNet-50's.</param>
    /// <param name="design">What the blocks are.</param>
    /// <param name="classes">Number of classes.</param>
    public ResNet(int[] blocks, ResidualDesign design, int classes)
        : base(nameof(ResNet))
    {
        ArgumentNullException.ThrowIfNull(blocks);
        ArgumentNullException.ThrowIfNull(design);
        maxpool = design.IsCaffeForm ? MaxPool2d(3, stride: 2, ceil_mode: true) : MaxPool2d(3, stride: 2, padding: 1);
        layer1 = Stage(design, 64, 64, blocks[0], stride: 1);
        layer2 = Stage(design, 64 * design.Expansion, 128, blocks[1], stride: 2);
        layer3 = Stage(design, 128 * design.Expansion, 256, blocks[2], stride: 2);
        layer4 = Stage(design, 256 * design.Expansion, 512, blocks[3], stride: 2);
        fc = FullyConnected(512 * design.Expansion, classes);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override T Flow<T>(IGraph<T> graph, T x)         // [N, 3, 224, 224]
    {
        x = graph.Apply(relu, graph.Apply(bn1, graph.Apply(conv1, x)));
        x = graph.Apply(maxpool, x);                        // [N, 64, 56, 56]
        x = graph.Apply(layer1, x);                         // [N, 64 · expansion, 56, 56]
        x = graph.Apply(layer2, x);                         // [N, 128 · expansion, 28, 28]
        x = graph.Apply(layer3, x);                         // [N, 256 · expansion, 14, 14]
        x = graph.Apply(layer4, x);                         // [N, 512 · expansion, 7, 7]
        x = graph.Apply(flatten, graph.Apply(avgpool, x));  // [N, 512 · expansion]
        return graph.Apply(fc, x);                          // [N, classes], logits
    }

    internal static Sequential Stage(ResidualDesign design, int input, int planes, int count, int stride) =>
        Sequential(Enumerable.Range(0, count).Select(i =>
            (Module<Tensor, Tensor>)(
                i == 0 ? design.Block(input, planes, stride) : design.Block(planes * design.Expansion, planes, stride: 1))));
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
