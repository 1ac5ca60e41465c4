using System.Text.RegularExpressions;
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
internal sealed partial class ResNet : Block
{
    /// <summary>ML.NET's featurizer: ResNet-18 with a third block in its last stage.</summary>
    public const string Featurizer = "resnet18_mlnet";

    private static readonly ModelFamily Family = new(
        "ResNet", 2015, "He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition",
        new Uri("https://arxiv.org/abs/1512.03385"),
        "A block learns what to add to its input, not a new output, because the input is carried past it. Gradients reach the first " +
        "layers unhindered, so that more than a hundred layers train well.",
        "The first choice: resnet18 for small sets and quick experiments, resnet50 for photographs, resnet20 to resnet110 for images of " +
        "about 32 pixels. In the latter, `_projection` has 1×1 convolutions as shortcuts in place of zero padding.")
    {
        Notes = """
            `resnet18_mlnet` is the network that ML.NET's `DnnImageFeaturizer.ResNet18` runs: resnet18 with a third block in its last
            stage. Its weights come with a NuGet package, so that it starts from ImageNet where no other host is reached.
            """,
    };

    private static readonly ModelFamily ResNeXt = new(
        "ResNeXt", 2016, "Xie, Girshick, Dollár, Tu, He: Aggregated Residual Transformations for Deep Neural Networks",
        new Uri("https://arxiv.org/abs/1611.05431"),
        "A bottleneck's 3×3 convolution is split into 32 or 64 groups that do not see each other's channels. More groups of the same " +
        "total cost raise accuracy more than more depth or width does.",
        "When resnet50 is not accurate enough; resnext50_32x4d has no more weights and costs little more.");

    private static readonly ModelFamily WideResNet = new(
        "Wide ResNet", 2016, "Zagoruyko, Komodakis: Wide Residual Networks",
        new Uri("https://arxiv.org/abs/1605.07146"),
        "Residual blocks of twice the width instead of many more of them. Wide layers keep parallel hardware busier than deep stacks of " +
        "narrow ones.",
        "On a GPU with memory to spare; on a CPU wide_resnet50_2 costs nearly three times as much as resnet50.");

    /// <summary>The rows of plain ResNets in the table of architectures.</summary>
    public static IReadOnlyList<ImageModel> Table { get; } =
    [
        Row("resnet18", Family, [2, 2, 2, 2], ResidualDesign.Basic),
        Row(Featurizer, Family, [2, 2, 2, 3], ResidualDesign.Basic),
        Row("resnet34", Family, [3, 4, 6, 3], ResidualDesign.Basic),
        Row("resnet50", Family, [3, 4, 6, 3], ResidualDesign.Bottlenecks),
        Row("resnet101", Family, [3, 4, 23, 3], ResidualDesign.Bottlenecks),
        Row("resnet152", Family, [3, 8, 36, 3], ResidualDesign.Bottlenecks),
        .. CifarResNet.Rows("resnet", Family, ResidualDesign.Basic),
    ];

    /// <summary>The rows of those with bottlenecks of another width.</summary>
    public static IReadOnlyList<ImageModel> WideTable { get; } =
    [
        Row("resnext50_32x4d", ResNeXt, [3, 4, 6, 3], ResidualDesign.Grouped(32, 4)),
        Row("resnext101_32x8d", ResNeXt, [3, 4, 23, 3], ResidualDesign.Grouped(32, 8)),
        Row("resnext101_64x4d", ResNeXt, [3, 4, 23, 3], ResidualDesign.Grouped(64, 4)),
        Row("wide_resnet50_2", WideResNet, [3, 4, 6, 3], ResidualDesign.Grouped(1, 128)),
        Row("wide_resnet101_2", WideResNet, [3, 4, 23, 3], ResidualDesign.Grouped(1, 128)),
    ];

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
        maxpool = design.IsCaffeForm ? MaxPool2d(3, stride: 2, ceil_mode: true) : MaxPool2d(3, stride: 2, padding: 1);
        layer1 = Stage(design, 64, 64, blocks[0], stride: 1);
        layer2 = Stage(design, 64 * design.Expansion, 128, blocks[1], stride: 2);
        layer3 = Stage(design, 128 * design.Expansion, 256, blocks[2], stride: 2);
        layer4 = Stage(design, 256 * design.Expansion, 512, blocks[3], stride: 2);
        fc = FullyConnected(512 * design.Expansion, classes);
        RegisterComponents();
    }

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

    /// <summary>A row for a network of this layout: a SENet, too, may be one.</summary>
    public static ImageModel Row(string name, ModelFamily family, int[] blocks, ResidualDesign design) =>
        new(name, family, imageSize: 224, classes: 1000, classes => new ResNet(blocks, design, classes))
        {
            Rename = FromOthers,
        };

    /// <summary>The first SENet weights, converted from Caffe, begin with <c>layer0</c>; CIFAR repositories say <c>shortcut</c>.</summary>
    public static string FromOthers(string name) => SqueezeExcitation.FromCaffe(CaffeStem().Replace(name, ""))
        .Replace(".shortcut.", ".downsample.", StringComparison.Ordinal);

    public static Sequential Stage(ResidualDesign design, int input, int planes, int count, int stride) =>
        Sequential(Enumerable.Range(0, count).Select(i =>
            (Module<Tensor, Tensor>)(
                i == 0 ? design.Block(input, planes, stride) : design.Block(planes * design.Expansion, planes, stride: 1))));

    [GeneratedRegex(@"^layer0\.(?=conv1\.|bn1\.)")]
    private static partial Regex CaffeStem();
}
