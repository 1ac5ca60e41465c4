using System.Globalization;
using System.Text.RegularExpressions;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Options;
using TorchSharp.Modules;
using static MLVision.Trainers.Models.Layers.MetaLayers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models;

/// <summary>Mobile inverted bottlenecks, scaled in depth, width and image size together: EfficientNet-B0 to B7.</summary>
/// <remarks>
/// Input: [N, 3, S, S] with S from 224 (B0) to 600 (B7), normalised with ImageNet's mean and standard deviation; output: [N, classes],
/// logits.
/// Source: Tan and Le 2019, tables 1 and 2, arXiv:1905.11946; the factors of B1 to B7 are those of the authors' code. Keys are
/// torchvision's.
/// Differs from the paper: padding is symmetrical, and B0 to B4 have PyTorch's batch norm constants, as torchvision's weights expect.
/// </remarks>
internal sealed partial class EfficientNet : Block
{
    private static readonly ModelFamily Family = new(
        "EfficientNet", 2019, "Tan, Le: EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
        new Uri("https://arxiv.org/abs/1905.11946"),
        "Inverted bottlenecks with depthwise convolutions and squeeze-and-excitation, found by a search for accuracy per multiply-add. " +
        "Depth, width and image size then grow together by one factor, from B0 to B7.",
        "For the best accuracy of a small file: efficientnet_b0 is a fifth of resnet50's size and a tenth of its multiply-adds. Larger " +
        "ones want larger images, and random weights want many images to learn from.");

    private const double StochasticDepthProbability = 0.2;

    /// <summary>Expansion, kernel, stride, output channels and blocks of each stage of B0 (paper, table 1).</summary>
    private static readonly (int Expansion, int Kernel, int Stride, int Channels, int Blocks)[] Stages =
    [
        (1, 3, 1, 16, 1),
        (6, 3, 2, 24, 2),
        (6, 5, 2, 40, 2),
        (6, 3, 2, 80, 3),
        (6, 5, 1, 112, 3),
        (6, 5, 2, 192, 4),
        (6, 3, 1, 320, 1),
    ];

    /// <summary>Factors of width and depth, and dropout, of B0 to B7.</summary>
    private static readonly (double Width, double Depth, double Dropout)[] Scales =
    [
        (1.0, 1.0, 0.2), (1.0, 1.1, 0.2), (1.1, 1.2, 0.3), (1.2, 1.4, 0.3), (1.4, 1.8, 0.4), (1.6, 2.2, 0.4), (1.8, 2.6, 0.5),
        (2.0, 3.1, 0.5),
    ];

    /// <summary>Their rows in the table of architectures.</summary>
    public static IReadOnlyList<ImageModel> Table { get; } =
    [
        .. new[] { 224, 240, 288, 300, 380, 456, 528, 600 }.Select((imageSize, scale) =>
            new ImageModel($"efficientnet_b{scale}", Family, imageSize, classes: 1000, classes => new EfficientNet(scale, classes))
            {
                Head = "classifier.1",
                Optimizer = TrainingOptimizer.AdamW,
                Rename = FromTimm,
            }),
    ];

    private readonly Sequential features;
    private readonly AdaptiveAvgPool2d avgpool = AdaptiveAvgPool2d(1);
    private readonly Flatten flatten = Flatten();
    private readonly Sequential classifier;

    /// <summary>Builds the network.</summary>
    /// <param name="scale">0 for B0, 7 for B7.</param>
    /// <param name="classes">Number of classes.</param>
    /// <exception cref="ArgumentOutOfRangeException">scale is below 0 or above 7.</exception>
    public EfficientNet(int scale, int classes)
        : base(nameof(EfficientNet))
    {
        if ((uint)scale >= (uint)Scales.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(scale), scale, "EfficientNets are scaled from 0 (B0) to 7 (B7).");
        }

        var (width, depth, dropout) = Scales[scale];
        // B5 to B7 were trained in TensorFlow, with the paper's constants.
        Func<int, BatchNorm2d> norm = scale < 5
            ? channels => BatchNorm(channels)
            : channels => BatchNorm(channels, epsilon: 1e-3, momentum: 0.01);
        features = Sequential(Features(width, depth, norm));
        classifier = Sequential(new RandomDropout(dropout), FullyConnected(4 * Channels(320, width), classes));
        RegisterComponents();
    }

    public override T Flow<T>(IGraph<T> graph, T x)         // [N, 3, 224, 224]
    {
        x = graph.Apply(features, x);                       // [N, 1280, 7, 7]
        x = graph.Apply(flatten, graph.Apply(avgpool, x));  // [N, 1280]
        return graph.Apply(classifier, x);                  // [N, classes], logits
    }

    /// <summary>Scales a number of channels and rounds to a multiple of eight, never below nine tenths of it.</summary>
    public static int Channels(int channels, double width)
    {
        var scaled = channels * width;
        var rounded = Math.Max(8, (int)(scaled + 4) / 8 * 8);
        return rounded < 0.9 * scaled ? rounded + 8 : rounded;
    }

    /// <summary>Convolution, batch norm and SiLU.</summary>
    public static Sequential ConvNormSiLU(int input, int output, int kernel, int stride, int groups, Func<int, BatchNorm2d> norm) =>
        Sequential(Convolution(input, output, kernel, stride, (kernel - 1) / 2, groups), norm(output), SiLU());

    private static IEnumerable<Module<Tensor, Tensor>> Features(double width, double depth, Func<int, BatchNorm2d> norm)
    {
        int Blocks(int blocks) => (int)Math.Ceiling(blocks * depth);
        var input = Channels(32, width);
        yield return ConvNormSiLU(3, input, 3, stride: 2, groups: 1, norm);

        var (all, made) = (Stages.Sum(stage => Blocks(stage.Blocks)), 0);
        foreach (var stage in Stages)
        {
            var output = Channels(stage.Channels, width);
            var blocks = new List<Module<Tensor, Tensor>>();
            for (var i = 0; i < Blocks(stage.Blocks); i++, made++)
            {
                blocks.Add(new InvertedBottleneck(
                    i == 0 ? input : output, output, stage.Expansion, stage.Kernel, i == 0 ? stage.Stride : 1,
                    StochasticDepthProbability * made / all, norm));
            }

            yield return Sequential(blocks);
            input = output;
        }

        yield return ConvNormSiLU(input, 4 * input, 1, stride: 1, groups: 1, norm);
    }

    /// <summary>timm's names: <c>blocks.1.0.conv_dw.weight</c> is torchvision's <c>features.2.0.block.1.0.weight</c>.</summary>
    private static string FromTimm(string name)
    {
        var (head, rest) = name.Split('.', 2) is [var first, var second] ? (first, second) : (name, "");
        var outside = head switch
        {
            "conv_stem" => "features.0.0",
            "bn1" => "features.0.1",
            "conv_head" => "features.8.0",
            "bn2" => "features.8.1",
            _ => null,
        };
        if (outside is not null)
        {
            return $"{outside}.{rest}";
        }

        if (TimmBlock().Match(name) is not { Success: true } match)
        {
            return name;
        }

        var stage = int.Parse(match.Groups["stage"].ValueSpan, CultureInfo.InvariantCulture);
        // The first stage does not expand its channels: its blocks begin with the depthwise convolution.
        var layer = (stage == 0, match.Groups["layer"].Value) switch
        {
            (true, "conv_dw") or (false, "conv_pw") => "0.0",
            (_, "bn1") => "0.1",
            (false, "conv_dw") => "1.0",
            (false, "bn2") => "1.1",
            (true, "se.conv_reduce") => "1.fc1",
            (true, "se.conv_expand") => "1.fc2",
            (false, "se.conv_reduce") => "2.fc1",
            (false, "se.conv_expand") => "2.fc2",
            (true, "conv_pw") => "2.0",
            (true, "bn2") => "2.1",
            (false, "conv_pwl") => "3.0",
            (false, "bn3") => "3.1",
            _ => null,
        };
        return layer is null ? name : $"features.{stage + 1}.{match.Groups["block"].Value}.block.{layer}.{match.Groups["weight"].Value}";
    }

    [GeneratedRegex(@"^blocks\.(?<stage>[0-6])\.(?<block>\d{1,2})\.(?<layer>conv_\w+|bn\d|se\.conv_\w+)\.(?<weight>\w+)$")]
    private static partial Regex TimmBlock();
}

/// <summary>
/// Widens the channels, convolves each for itself, gates them, and narrows them again; the input is carried past where shapes allow.
/// </summary>
/// <remarks>
/// Shape: [N, input, H, W] → [N, output, H / stride, W / stride]. Source: Sandler et al. 2018, figure 4, arXiv:1801.04381, with
/// squeeze-and-excitation to a quarter of the input's channels (Tan and Le 2019, §4).
/// </remarks>
internal sealed class InvertedBottleneck : Block
{
    private readonly Sequential block;
    private readonly StochasticDepth? stochastic_depth;

    public InvertedBottleneck(
        int input, int output, int expansion, int kernel, int stride, double dropProbability, Func<int, BatchNorm2d> norm)
        : base(nameof(InvertedBottleneck))
    {
        var expanded = input * expansion;
        List<Module<Tensor, Tensor>> layers =
        [
            EfficientNet.ConvNormSiLU(expanded, expanded, kernel, stride, groups: expanded, norm),
            new SqueezeExcitation(expanded, Math.Max(1, input / 4), SiLU()),
            Sequential(Conv1x1(expanded, output), norm(output)),
        ];
        if (expansion > 1)
        {
            layers.Insert(0, EfficientNet.ConvNormSiLU(input, expanded, 1, stride: 1, groups: 1, norm));
        }

        block = Sequential(layers);
        stochastic_depth = stride == 1 && input == output ? new StochasticDepth(dropProbability) : null;
        RegisterComponents();
    }

    public override T Flow<T>(IGraph<T> graph, T x)
    {
        var y = graph.Apply(block, x);
        return stochastic_depth is null ? y : graph.Add(graph.Apply(stochastic_depth, y), x);
    }
}
