using MLVision.Trainers.Models.Layers;
using TorchSharp.Modules;
using static MLVision.Trainers.Models.Layers.MetaLayers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models;

/// <summary>
/// SENet-154, the network that won ILSVRC 2017: grouped bottlenecks with squeeze-and-excitation behind a stem of three convolutions.
/// </summary>
/// <remarks>
/// Input: [N, 3, 224, 224], normalised with ImageNet's mean and standard deviation; output: [N, classes], logits.
/// Source: Hu et al. 2018, §6.3 and appendix, arXiv:1709.01507. Keys are those of the published weights (timm's <c>legacy_senet154</c>).
/// The other SENets are a <see cref="ResNet"/> whose design has squeeze-and-excitation.
/// </remarks>
internal sealed class SENet : Block
{
    /// <summary>Ends the names of the SE-ResNets in timm's form: the layout of torchvision's ResNets.</summary>
    public const string TimmSuffix = "_timm";

    private static readonly ModelFamily Family = new(
        "SENet", 2017, "Hu, Shen, Albanie, Sun, Wu: Squeeze-and-Excitation Networks",
        new Uri("https://arxiv.org/abs/1709.01507"),
        "Each block ends with a small gate that looks at the averages of all channels and rescales every one of them. It adds a tenth " +
        "to the weights, next to nothing to the multiply-adds, and a point to the accuracy.",
        "seresnet50 where resnet50 would do and a slightly larger file is no matter; senet154 where accuracy decides and time does not. " +
        "The small ones (seresnet20 to seresnet110) are for images of about 32 pixels.")
    {
        Notes = """
            The SE-ResNets come in two layouts whose weights have the same names and shapes. The plain names are laid out as their authors
            released them: the stride is in a bottleneck's first 1×1 convolution, and the stem's pool rounds its size up. The names that
            end in `_timm` are laid out as timm's and torchvision's ResNets are: the stride is in the 3×3 convolution, and the pool is
            padded. Weights decide for themselves: whichever of the two is asked for, the layout that the weights were trained in is built,
            and said. `weights.safetensors` of either layout loads in PyTorch into a network of the same layout only, although nothing
            there would complain.
            """,
    };

    /// <summary>Their rows in the table of architectures.</summary>
    public static IReadOnlyList<ImageModel> Table { get; } =
    [
        .. BothForms("seresnet18", [2, 2, 2, 2], ResidualDesign.Basic),
        .. BothForms("seresnet34", [3, 4, 6, 3], ResidualDesign.Basic),
        .. BothForms("seresnet50", [3, 4, 6, 3], ResidualDesign.Bottlenecks),
        .. BothForms("seresnet101", [3, 4, 23, 3], ResidualDesign.Bottlenecks),
        .. BothForms("seresnet152", [3, 8, 36, 3], ResidualDesign.Bottlenecks),
        .. BothForms("seresnext50_32x4d", [3, 4, 6, 3], ResidualDesign.Grouped(32, 4)),
        .. BothForms("seresnext101_32x4d", [3, 4, 23, 3], ResidualDesign.Grouped(32, 4)),
        ResNet.Row("sewide_resnet50_2", Family, [3, 4, 6, 3], ResidualDesign.Grouped(1, 128) with { SqueezeExcitation = true }),
        ResNet.Row("sewide_resnet101_2", Family, [3, 4, 23, 3], ResidualDesign.Grouped(1, 128) with { SqueezeExcitation = true }),
        new("senet154", Family, imageSize: 224, classes: 1000, classes => new SENet(classes))
        {
            Head = "last_linear",
            Rename = name => name.Replace(".se.", ".se_module.", StringComparison.Ordinal),
        },
        .. CifarResNet.Rows("seresnet", Family, ResidualDesign.Basic with { SqueezeExcitation = true }),
    ];

    private static readonly int[] Blocks = [3, 8, 36, 3];

    private readonly SENetStem layer0 = new();
    private readonly Sequential layer1 = Stage(128, 64, Blocks[0], stride: 1, downsampleKernel: 1);
    private readonly Sequential layer2 = Stage(256, 128, Blocks[1], stride: 2, downsampleKernel: 3);
    private readonly Sequential layer3 = Stage(512, 256, Blocks[2], stride: 2, downsampleKernel: 3);
    private readonly Sequential layer4 = Stage(1024, 512, Blocks[3], stride: 2, downsampleKernel: 3);
    private readonly AdaptiveAvgPool2d avg_pool = AdaptiveAvgPool2d(1);
    private readonly Flatten flatten = Flatten();
    private readonly RandomDropout dropout = new(0.2);
    private readonly Linear last_linear;

    public SENet(int classes)
        : base(nameof(SENet))
    {
        last_linear = FullyConnected(2048, classes);
        RegisterComponents();
    }

    public override T Flow<T>(IGraph<T> graph, T x)             // [N, 3, 224, 224]
    {
        x = graph.Apply(layer0, x);                             // [N, 128, 56, 56]
        x = graph.Apply(layer1, x);                             // [N, 256, 56, 56]
        x = graph.Apply(layer2, x);                             // [N, 512, 28, 28]
        x = graph.Apply(layer3, x);                             // [N, 1024, 14, 14]
        x = graph.Apply(layer4, x);                             // [N, 2048, 7, 7]
        x = graph.Apply(flatten, graph.Apply(avg_pool, x));     // [N, 2048]
        return graph.Apply(last_linear, graph.Apply(dropout, x));   // [N, classes], logits
    }

    /// <summary>An SE-ResNet as its authors released it, and as timm lays it out; weights have the same names and shapes.</summary>
    private static IEnumerable<ImageModel> BothForms(string name, int[] blocks, ResidualDesign design)
    {
        design = design with { SqueezeExcitation = true };
        var (original, timm) = (name, name + TimmSuffix);
        yield return ResNet.Row(original, Family, blocks, design with { IsCaffeForm = true }) with
        {
            OtherForm = timm,
            IsOfThisForm = AreOfCaffeForm,
        };
        yield return ResNet.Row(timm, Family, blocks, design) with
        {
            OtherForm = original,
            IsOfThisForm = names => !AreOfCaffeForm(names),
        };
    }

    /// <summary>Whether these are names of the first SENet weights, converted from Caffe.</summary>
    private static bool AreOfCaffeForm(IEnumerable<string> names) =>
        names.Any(name => name.Contains(".se_module.", StringComparison.Ordinal));

    private static Sequential Stage(int input, int planes, int count, int stride, int downsampleKernel) =>
        Sequential(Enumerable.Range(0, count).Select(i => (Module<Tensor, Tensor>)(i == 0
            ? new SENetBottleneck(input, planes, stride, downsampleKernel)
            : new SENetBottleneck(planes * SENetBottleneck.Expansion, planes, stride: 1, downsampleKernel))));
}

/// <summary>Three 3×3 convolutions in place of one 7×7, and a pool that rounds its size up.</summary>
/// <remarks>Shape: [N, 3, H, W] → [N, 128, H / 4, W / 4]. Source: Hu et al. 2018, appendix.</remarks>
internal sealed class SENetStem : Block
{
    private readonly Conv2d conv1 = Conv3x3(3, 64, stride: 2);
    private readonly BatchNorm2d bn1 = BatchNorm(64);
    private readonly Conv2d conv2 = Conv3x3(64, 64);
    private readonly BatchNorm2d bn2 = BatchNorm(64);
    private readonly Conv2d conv3 = Conv3x3(64, 128);
    private readonly BatchNorm2d bn3 = BatchNorm(128);
    private readonly ReLU relu = ReLU();
    private readonly MaxPool2d pool = MaxPool2d(3, stride: 2, ceil_mode: true);

    public SENetStem()
        : base(nameof(SENetStem)) => RegisterComponents();

    public override T Flow<T>(IGraph<T> graph, T x)
    {
        x = graph.Apply(relu, graph.Apply(bn1, graph.Apply(conv1, x)));
        x = graph.Apply(relu, graph.Apply(bn2, graph.Apply(conv2, x)));
        x = graph.Apply(relu, graph.Apply(bn3, graph.Apply(conv3, x)));
        return graph.Apply(pool, x);
    }
}

/// <summary>Bottleneck with 64 groups, twice as wide inside as a ResNet's, and squeeze-and-excitation at its end.</summary>
/// <remarks>Shape: [N, input, H, W] → [N, 4 · planes, H / stride, W / stride]. Source: Hu et al. 2018, appendix.</remarks>
internal sealed class SENetBottleneck : Block
{
    public const int Expansion = 4;
    private const int Groups = 64;

    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly Conv2d conv3;
    private readonly BatchNorm2d bn3;
    private readonly SqueezeExcitation se_module;
    private readonly Sequential? downsample;
    private readonly ReLU relu = ReLU();

    public SENetBottleneck(int input, int planes, int stride, int downsampleKernel)
        : base(nameof(SENetBottleneck))
    {
        var output = planes * Expansion;
        conv1 = Conv1x1(input, planes * 2);
        bn1 = BatchNorm(planes * 2);
        conv2 = Conv3x3(planes * 2, output, stride, Groups);
        bn2 = BatchNorm(output);
        conv3 = Conv1x1(output, output);
        bn3 = BatchNorm(output);
        se_module = new SqueezeExcitation(output);
        downsample = stride == 1 && input == output
            ? null
            : Sequential(Convolution(input, output, downsampleKernel, stride, padding: downsampleKernel / 2), BatchNorm(output));
        RegisterComponents();
    }

    public override T Flow<T>(IGraph<T> graph, T x)
    {
        var y = graph.Apply(relu, graph.Apply(bn1, graph.Apply(conv1, x)));
        y = graph.Apply(relu, graph.Apply(bn2, graph.Apply(conv2, y)));
        y = graph.Apply(se_module, graph.Apply(bn3, graph.Apply(conv3, y)));
        var shortcut = downsample is null ? x : graph.Apply(downsample, x);
        return graph.Apply(relu, graph.Add(y, shortcut));
    }
}
