using MLVision.Trainers.Models.Layers;
using TorchSharp.Modules;
using static MLVision.Trainers.Models.Layers.MetaLayers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models;

/// <summary>Nine inception modules, global average pooling, and two auxiliary classifiers while it trains.</summary>
/// <remarks>
/// Input: [N, 3, 224, 224], normalised with ImageNet's mean and standard deviation; output: [N, classes], logits.
/// Source: Szegedy et al. 2015, table 1 and §5, arXiv:1409.4842. Keys are torchvision's.
/// Differs from the paper: batch norm follows every convolution and replaces local response normalisation, as in torchvision.
/// </remarks>
internal sealed class GoogLeNet : Block, IAuxiliaryClassifiers
{
    private static readonly ModelFamily Family = new(
        "GoogLeNet", 2014, "Szegedy et al.: Going Deeper with Convolutions",
        new Uri("https://arxiv.org/abs/1409.4842"),
        "Each module looks through windows of several sizes at once, after 1×1 convolutions have narrowed the channels, and joins what " +
        "they see. Global average pooling replaces the wide layers, and two auxiliary classifiers carry gradients to the early modules " +
        "while it trains.",
        "For a small file with fair accuracy. The variants are for study: what the 5×5 window (`_5x5`), leaving out the 1×1 reductions " +
        "(`_naive`) and squeeze-and-excitation (`se`) change.");

    /// <summary>Their rows in the table of architectures.</summary>
    public static IReadOnlyList<ImageModel> Table { get; } =
    [
        Row("googlenet", InceptionModule.Torchvision, squeezeExcitation: false),
        Row("googlenet_5x5", InceptionModule.Paper, squeezeExcitation: false),
        Row("googlenet_naive", InceptionModule.Naive, squeezeExcitation: false),
        Row("segooglenet", InceptionModule.Torchvision, squeezeExcitation: true),
        Row("segooglenet_5x5", InceptionModule.Paper, squeezeExcitation: true),
        Row("segooglenet_naive", InceptionModule.Naive, squeezeExcitation: true),
    ];

    private readonly ConvNormReLU conv1 = new(3, 64, 7, stride: 2);
    private readonly MaxPool2d maxpool1 = MaxPool2d(3, stride: 2, ceil_mode: true);
    private readonly ConvNormReLU conv2 = new(64, 64, 1);
    private readonly ConvNormReLU conv3 = new(64, 192, 3);
    private readonly MaxPool2d maxpool2 = MaxPool2d(3, stride: 2, ceil_mode: true);
    private readonly Inception inception3a;
    private readonly Inception inception3b;
    private readonly MaxPool2d maxpool3 = MaxPool2d(3, stride: 2, ceil_mode: true);
    private readonly Inception inception4a;
    private readonly Inception inception4b;
    private readonly Inception inception4c;
    private readonly Inception inception4d;
    private readonly Inception inception4e;
    private readonly MaxPool2d maxpool4 = MaxPool2d(2, stride: 2, ceil_mode: true);
    private readonly Inception inception5a;
    private readonly Inception inception5b;
    private readonly AuxiliaryClassifier? aux1;
    private readonly AuxiliaryClassifier? aux2;
    private readonly AdaptiveAvgPool2d avgpool = AdaptiveAvgPool2d(1);
    private readonly Flatten flatten = Flatten();
    private readonly RandomDropout dropout = new(0.2);
    private readonly Linear fc;

    /// <summary>Builds the network.</summary>
    /// <param name="module">The form of its inception modules.</param>
    /// <param name="squeezeExcitation">Whether each inception module ends with squeeze-and-excitation (Hu et al. 2018, figure 2).</param>
    /// <param name="auxiliaryClassifiers">Whether the classifiers behind modules 4a and 4d are there.</param>
    /// <param name="classes">Number of classes.</param>
    public GoogLeNet(InceptionModule module, bool squeezeExcitation, bool auxiliaryClassifiers, int classes)
        : base(nameof(GoogLeNet))
    {
        Inception Module(int input, int ones, int reduced3, int threes, int reduced5, int fives, int pooled) =>
            new(module, squeezeExcitation, input, ones, reduced3, threes, reduced5, fives, pooled);

        // Input, then the columns of the paper's table 1: #1×1, #3×3 reduce, #3×3, #5×5 reduce, #5×5, pool proj.
        inception3a = Module(192, 64, 96, 128, 16, 32, 32);
        inception3b = Module(inception3a.Channels, 128, 128, 192, 32, 96, 64);
        inception4a = Module(inception3b.Channels, 192, 96, 208, 16, 48, 64);
        inception4b = Module(inception4a.Channels, 160, 112, 224, 24, 64, 64);
        inception4c = Module(inception4b.Channels, 128, 128, 256, 24, 64, 64);
        inception4d = Module(inception4c.Channels, 112, 144, 288, 32, 64, 64);
        inception4e = Module(inception4d.Channels, 256, 160, 320, 32, 128, 128);
        inception5a = Module(inception4e.Channels, 256, 160, 320, 32, 128, 128);
        inception5b = Module(inception5a.Channels, 384, 192, 384, 48, 128, 128);
        if (auxiliaryClassifiers)
        {
            aux1 = new AuxiliaryClassifier(inception4a.Channels, classes);
            aux2 = new AuxiliaryClassifier(inception4d.Channels, classes);
        }

        fc = FullyConnected(inception5b.Channels, classes);
        RegisterComponents();
    }

    /// <inheritdoc/>
    /// <remarks>Source: Szegedy et al. 2015, §5.</remarks>
    public double AuxiliaryLossWeight => 0.3;

    public override T Flow<T>(IGraph<T> graph, T x) => Flow(graph, x, out _, out _);

    /// <inheritdoc/>
    public Tensor Classify(IGraph<Tensor> graph, Tensor images, out IReadOnlyList<Tensor> auxiliaryLogits)
    {
        using var scope = NewDisposeScope();
        var logits = Flow(graph, images, out var after4a, out var after4d);
        auxiliaryLogits = aux1 is null || aux2 is null
            ? []
            : [graph.Apply(aux1, after4a).MoveToOuterDisposeScope(), graph.Apply(aux2, after4d).MoveToOuterDisposeScope()];
        return logits.MoveToOuterDisposeScope();
    }

    private static ImageModel Row(string name, InceptionModule module, bool squeezeExcitation) =>
        new(
            name, Family, imageSize: 224, classes: 1000,
            classes => new GoogLeNet(module, squeezeExcitation, auxiliaryClassifiers: false, classes))
        {
            TrainingNetwork = classes => new GoogLeNet(module, squeezeExcitation, auxiliaryClassifiers: true, classes),
            TrainingOnly = ["aux1.", "aux2."],
            Rename = SqueezeExcitation.FromCaffe,
        };

    private T Flow<T>(IGraph<T> graph, T x, out T after4a, out T after4d)       // [N, 3, 224, 224]
    {
        x = graph.Apply(maxpool1, graph.Apply(conv1, x));                       // [N, 64, 56, 56]
        x = graph.Apply(maxpool2, graph.Apply(conv3, graph.Apply(conv2, x)));   // [N, 192, 28, 28]
        x = graph.Apply(inception3b, graph.Apply(inception3a, x));              // [N, 480, 28, 28]
        after4a = graph.Apply(inception4a, graph.Apply(maxpool3, x));           // [N, 512, 14, 14]
        x = graph.Apply(inception4c, graph.Apply(inception4b, after4a));        // [N, 512, 14, 14]
        after4d = graph.Apply(inception4d, x);                                  // [N, 528, 14, 14]
        x = graph.Apply(maxpool4, graph.Apply(inception4e, after4d));           // [N, 832, 7, 7]
        x = graph.Apply(inception5b, graph.Apply(inception5a, x));              // [N, 1024, 7, 7]
        x = graph.Apply(flatten, graph.Apply(avgpool, x));                      // [N, 1024]
        return graph.Apply(fc, graph.Apply(dropout, x));                        // [N, classes], logits
    }
}

/// <summary>Applies windows of several sizes to its input in parallel.</summary>
/// <remarks>Shape: [N, input, H, W] → [N, <see cref="Channels"/>, H, W]. Source: Szegedy et al. 2015, figure 2.</remarks>
internal sealed class Inception : Block
{
    private readonly Block branch1;
    private readonly Module<Tensor, Tensor> branch2;
    private readonly Module<Tensor, Tensor> branch3;
    private readonly Module<Tensor, Tensor> branch4;
    private readonly SqueezeExcitation? se;

    public Inception(
        InceptionModule module, bool squeezeExcitation, int input, int ones, int reduced3, int threes, int reduced5, int fives, int pooled)
        : base(nameof(Inception))
    {
        var isNaive = module == InceptionModule.Naive;
        branch1 = new ConvNormReLU(input, ones, 1);
        branch2 = isNaive
            ? new ConvNormReLU(input, threes, 3)
            : Sequential(new ConvNormReLU(input, reduced3, 1), new ConvNormReLU(reduced3, threes, 3));
        branch3 = isNaive
            ? new ConvNormReLU(input, fives, 5)
            : Sequential(new ConvNormReLU(input, reduced5, 1), new ConvNormReLU(reduced5, fives, module == InceptionModule.Paper ? 5 : 3));
        var pool = MaxPool2d(3, stride: 1, padding: 1, ceil_mode: true);
        branch4 = isNaive ? pool : Sequential(pool, new ConvNormReLU(input, pooled, 1));
        Channels = ones + threes + fives + (isNaive ? input : pooled);
        se = squeezeExcitation ? new SqueezeExcitation(Channels) : null;
        RegisterComponents();
    }

    /// <summary>Channels of the output.</summary>
    public int Channels { get; }

    public override T Flow<T>(IGraph<T> graph, T x)
    {
        var y = graph.Concat(graph.Apply(branch1, x), graph.Apply(branch2, x), graph.Apply(branch3, x), graph.Apply(branch4, x));
        return se is null ? y : graph.Apply(se, y);
    }
}

/// <summary>A small classifier on features from half-way, whose loss helps the first layers to learn.</summary>
/// <remarks>
/// Shape: [N, input, H, W] → [N, classes]. Source: Szegedy et al. 2015, §5. Differs: pooled to 4×4 at any size, as in torchvision.
/// </remarks>
internal sealed class AuxiliaryClassifier : Block
{
    private readonly AdaptiveAvgPool2d avgpool = AdaptiveAvgPool2d(4);
    private readonly ConvNormReLU conv;
    private readonly Flatten flatten = Flatten();
    private readonly Linear fc1 = FullyConnected(128 * 4 * 4, 1024);
    private readonly ReLU relu = ReLU();
    private readonly RandomDropout dropout = new(0.7);
    private readonly Linear fc2;

    public AuxiliaryClassifier(int input, int classes)
        : base(nameof(AuxiliaryClassifier))
    {
        conv = new ConvNormReLU(input, 128, 1);
        fc2 = FullyConnected(1024, classes);
        RegisterComponents();
    }

    public override T Flow<T>(IGraph<T> graph, T x)
    {
        x = graph.Apply(flatten, graph.Apply(conv, graph.Apply(avgpool, x)));   // [N, 2048]
        x = graph.Apply(dropout, graph.Apply(relu, graph.Apply(fc1, x)));       // [N, 1024]
        return graph.Apply(fc2, x);                                             // [N, classes]
    }
}

/// <summary>Convolution that keeps the size at stride 1, batch norm and ReLU.</summary>
internal sealed class ConvNormReLU : Block
{
    private readonly Conv2d conv;
    private readonly BatchNorm2d bn;
    private readonly ReLU relu = ReLU();

    public ConvNormReLU(int input, int output, int kernel, int stride = 1)
        : base(nameof(ConvNormReLU))
    {
        conv = Convolution(input, output, kernel, stride, padding: kernel / 2);
        bn = BatchNorm(output, epsilon: 1e-3);
        RegisterComponents();
    }

    public override T Flow<T>(IGraph<T> graph, T x) => graph.Apply(relu, graph.Apply(bn, graph.Apply(conv, x)));
}
