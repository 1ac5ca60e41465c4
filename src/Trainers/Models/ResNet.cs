using TorchSharp.Modules;
using static Trainers.Models.ConvolutionLayers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Models;

/// <summary>Residual network for photographs: ResNet-18, 34, 50, 101 and 152.</summary>
/// <remarks>
/// Input: [N, 3, 224, 224], normalised with ImageNet's mean and standard deviation; output: [N, classes], logits.
/// Source: He et al. 2016, table 1, arXiv:1512.03385. Keys are torchvision's.
/// Differs from the paper: in a bottleneck the 3×3 convolution has the stride, not the first 1×1, as in torchvision ("v1.5").
/// </remarks>
public sealed class ResNet : Block
{
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly ReLU relu = ReLU();
    private readonly MaxPool2d maxpool = MaxPool2d(3, stride: 2, padding: 1);
    private readonly Sequential layer1;
    private readonly Sequential layer2;
    private readonly Sequential layer3;
    private readonly Sequential layer4;
    private readonly AdaptiveAvgPool2d avgpool = AdaptiveAvgPool2d(1);
    private readonly Flatten flatten = Flatten();
    private readonly Linear fc;

    private ResNet(Func<int, int, int, Block> block, int expansion, int[] blocks, int classes)
        : base(nameof(ResNet))
    {
        conv1 = Conv2d(3, 64, 7, stride: 2, padding: 3, bias: false);
        bn1 = BatchNorm2d(64);
        layer1 = Stage(block, 64, 64, blocks[0], stride: 1, expansion);
        layer2 = Stage(block, 64 * expansion, 128, blocks[1], stride: 2, expansion);
        layer3 = Stage(block, 128 * expansion, 256, blocks[2], stride: 2, expansion);
        layer4 = Stage(block, 256 * expansion, 512, blocks[3], stride: 2, expansion);
        fc = Linear(512 * expansion, classes);
        RegisterComponents();
    }

    /// <summary>A network of blocks with two 3×3 convolutions: [2, 2, 2, 2] is ResNet-18, [3, 4, 6, 3] is ResNet-34.</summary>
    public static ResNet OfBasicBlocks(int[] blocks, int classes) =>
        new((input, planes, stride) => new BasicBlock(input, planes, stride, ResidualShortcut.Projection), BasicBlock.Expansion, blocks, classes);

    /// <summary>A network of bottlenecks: [3, 4, 6, 3] is ResNet-50, [3, 4, 23, 3] ResNet-101, [3, 8, 36, 3] ResNet-152.</summary>
    public static ResNet OfBottlenecks(int[] blocks, int classes) =>
        new((input, planes, stride) => new Bottleneck(input, planes, stride), Bottleneck.Expansion, blocks, classes);

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

    internal static Sequential Stage(Func<int, int, int, Block> block, int input, int planes, int count, int stride, int expansion) =>
        Sequential(Enumerable.Range(0, count).Select(i =>
            (Module<Tensor, Tensor>)(i == 0 ? block(input, planes, stride) : block(planes * expansion, planes, 1))));
}

/// <summary>Two 3×3 convolutions around which the input is carried past.</summary>
/// <remarks>Shape: [N, input, H, W] → [N, planes, H / stride, W / stride]. Source: He et al. 2016, figure 5, left.</remarks>
internal sealed class BasicBlock : Block
{
    public const int Expansion = 1;

    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly Module<Tensor, Tensor>? downsample;
    private readonly ReLU relu = ReLU();

    public BasicBlock(int input, int planes, int stride, ResidualShortcut shortcut)
        : base(nameof(BasicBlock))
    {
        conv1 = Conv3x3(input, planes, stride);
        bn1 = BatchNorm2d(planes);
        conv2 = Conv3x3(planes, planes);
        bn2 = BatchNorm2d(planes);
        downsample = stride == 1 && input == planes ? null
            : shortcut == ResidualShortcut.ZeroPadding ? new ZeroPaddedShortcut(input, planes, stride)
            : Sequential(Conv1x1(input, planes, stride), BatchNorm2d(planes));
        RegisterComponents();
    }

    public override T Flow<T>(IGraph<T> graph, T x)
    {
        var y = graph.Apply(relu, graph.Apply(bn1, graph.Apply(conv1, x)));
        y = graph.Apply(bn2, graph.Apply(conv2, y));
        var shortcut = downsample is null ? x : graph.Apply(downsample, x);
        return graph.Apply(relu, graph.Add(y, shortcut));
    }
}

/// <summary>A 3×3 convolution between two 1×1 ones, which narrow and widen the channels by four.</summary>
/// <remarks>Shape: [N, input, H, W] → [N, 4 · planes, H / stride, W / stride]. Source: He et al. 2016, figure 5, right.</remarks>
internal sealed class Bottleneck : Block
{
    public const int Expansion = 4;

    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly Conv2d conv3;
    private readonly BatchNorm2d bn3;
    private readonly Sequential? downsample;
    private readonly ReLU relu = ReLU();

    public Bottleneck(int input, int planes, int stride)
        : base(nameof(Bottleneck))
    {
        var output = planes * Expansion;
        conv1 = Conv1x1(input, planes);
        bn1 = BatchNorm2d(planes);
        conv2 = Conv3x3(planes, planes, stride);
        bn2 = BatchNorm2d(planes);
        conv3 = Conv1x1(planes, output);
        bn3 = BatchNorm2d(output);
        downsample = stride == 1 && input == output ? null : Sequential(Conv1x1(input, output, stride), BatchNorm2d(output));
        RegisterComponents();
    }

    public override T Flow<T>(IGraph<T> graph, T x)
    {
        var y = graph.Apply(relu, graph.Apply(bn1, graph.Apply(conv1, x)));
        y = graph.Apply(relu, graph.Apply(bn2, graph.Apply(conv2, y)));
        y = graph.Apply(bn3, graph.Apply(conv3, y));
        var shortcut = downsample is null ? x : graph.Apply(downsample, x);
        return graph.Apply(relu, graph.Add(y, shortcut));
    }
}

/// <summary>Carries the input past a block that narrows the image: every stride-th pixel, the new channels zero.</summary>
/// <remarks>Shape: [N, input, H, W] → [N, planes, H / stride, W / stride]. Without weights. Source: He et al. 2016, §3.3, option A.</remarks>
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
