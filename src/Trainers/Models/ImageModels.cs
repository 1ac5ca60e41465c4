using MLVision.Trainers.Options;

namespace MLVision.Trainers.Models;

/// <summary>The table of architectures: what can be trained, exported and scored, by name.</summary>
public static class ImageModels
{
    private const int ImageNetClasses = 1000;
    private const int CifarClasses = 10;

    internal const double RateWithBatchNorm = 0.05;
    internal const double AdamWRateWithBatchNorm = 2e-3;

    /// <summary>Rate for networks without batch norm, which diverge at the others' (Simonyan and Zisserman 2015, §3.1).</summary>
    private const double RateWithoutBatchNorm = 0.01;
    private const double AdamWRateWithoutBatchNorm = 1e-4;

    private static readonly int[] CifarDepths = [20, 32, 44, 56, 110];
    private static readonly ResidualDesign Basic = new();
    private static readonly ResidualDesign Bottlenecks = new()
    {
        IsBottleneck = true,
    };

    /// <summary>Every architecture, families together, small before large.</summary>
    public static IReadOnlyList<ImageModel> All { get; } =
    [
        new("alexnet", ModelFamilies.AlexNet, 224, ImageNetClasses, classes => new AlexNet(classes))
        {
            Head = "classifier.6",
            LearningRate = RateWithoutBatchNorm,
            AdamWLearningRate = AdamWRateWithoutBatchNorm,
        },
        .. new[] { 11, 13, 16, 19 }.SelectMany(depth => new[] { Vgg(depth, batchNorm: false), Vgg(depth, batchNorm: true) }),
        GoogLeNet("googlenet", InceptionModule.Torchvision, squeezeExcitation: false),
        GoogLeNet("googlenet_5x5", InceptionModule.Paper, squeezeExcitation: false),
        GoogLeNet("googlenet_naive", InceptionModule.Naive, squeezeExcitation: false),
        GoogLeNet("segooglenet", InceptionModule.Torchvision, squeezeExcitation: true),
        GoogLeNet("segooglenet_5x5", InceptionModule.Paper, squeezeExcitation: true),
        GoogLeNet("segooglenet_naive", InceptionModule.Naive, squeezeExcitation: true),

        ResNet("resnet18", ModelFamilies.ResNet, [2, 2, 2, 2], Basic),
        ResNet("resnet34", ModelFamilies.ResNet, [3, 4, 6, 3], Basic),
        ResNet("resnet50", ModelFamilies.ResNet, [3, 4, 6, 3], Bottlenecks),
        ResNet("resnet101", ModelFamilies.ResNet, [3, 4, 23, 3], Bottlenecks),
        ResNet("resnet152", ModelFamilies.ResNet, [3, 8, 36, 3], Bottlenecks),
        .. CifarResNets("", "", Basic with { Shortcut = ResidualShortcut.ZeroPadding }),
        .. CifarResNets("", ProjectionSuffix, Basic),

        ResNet("resnext50_32x4d", ModelFamilies.ResNeXt, [3, 4, 6, 3], Grouped(32, 4)),
        ResNet("resnext101_32x8d", ModelFamilies.ResNeXt, [3, 4, 23, 3], Grouped(32, 8)),
        ResNet("resnext101_64x4d", ModelFamilies.ResNeXt, [3, 4, 23, 3], Grouped(64, 4)),
        ResNet("wide_resnet50_2", ModelFamilies.WideResNet, [3, 4, 6, 3], Grouped(1, 128)),
        ResNet("wide_resnet101_2", ModelFamilies.WideResNet, [3, 4, 23, 3], Grouped(1, 128)),

        .. SEResNet("seresnet18", [2, 2, 2, 2], Basic),
        .. SEResNet("seresnet34", [3, 4, 6, 3], Basic),
        .. SEResNet("seresnet50", [3, 4, 6, 3], Bottlenecks),
        .. SEResNet("seresnet101", [3, 4, 23, 3], Bottlenecks),
        .. SEResNet("seresnet152", [3, 8, 36, 3], Bottlenecks),
        .. SEResNet("seresnext50_32x4d", [3, 4, 6, 3], Grouped(32, 4)),
        .. SEResNet("seresnext101_32x4d", [3, 4, 23, 3], Grouped(32, 4)),
        ResNet("sewide_resnet50_2", ModelFamilies.SENet, [3, 4, 6, 3], Grouped(1, 128) with { SqueezeExcitation = true }),
        ResNet("sewide_resnet101_2", ModelFamilies.SENet, [3, 4, 23, 3], Grouped(1, 128) with { SqueezeExcitation = true }),
        new("senet154", ModelFamilies.SENet, 224, ImageNetClasses, classes => new SENet(classes))
        {
            Head = "last_linear",
        },
        .. CifarResNets("se", "", Basic with { Shortcut = ResidualShortcut.ZeroPadding, SqueezeExcitation = true }),
        .. CifarResNets("se", ProjectionSuffix, Basic with { SqueezeExcitation = true }),

        .. new[] { 224, 240, 288, 300, 380, 456, 528, 600 }.Select((imageSize, scale) =>
            new ImageModel(
                $"efficientnet_b{scale}", ModelFamilies.EfficientNet, imageSize, ImageNetClasses,
                classes => new EfficientNet(scale, classes))
            {
                Head = "classifier.1",
                Optimizer = TrainingOptimizer.AdamW,
            }),
    ];

    /// <summary>Ends the names of the CIFAR ResNets with projection shortcuts: <c>resnet20_projection</c>.</summary>
    internal const string ProjectionSuffix = "_projection";

    /// <summary>Ends the names of the SE-ResNets in timm's form: the layout of torchvision's ResNets.</summary>
    internal const string TimmSuffix = "_timm";

    /// <summary>Finds an architecture by name, upper or lower case.</summary>
    /// <exception cref="UnknownArchitectureException">The table holds no such name.</exception>
    public static ImageModel Get(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return All.FirstOrDefault(model => model.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new UnknownArchitectureException(name, [.. All.Select(model => model.Name)]);
    }

    private static ImageModel Vgg(int depth, bool batchNorm) =>
        new($"vgg{depth}{(batchNorm ? "_bn" : "")}", ModelFamilies.Vgg, 224, ImageNetClasses, classes => new Vgg(depth, batchNorm, classes))
        {
            Head = "classifier.6",
            LearningRate = batchNorm ? RateWithBatchNorm : RateWithoutBatchNorm,
            AdamWLearningRate = batchNorm ? AdamWRateWithBatchNorm : AdamWRateWithoutBatchNorm,
        };

    private static ImageModel GoogLeNet(string name, InceptionModule module, bool squeezeExcitation) =>
        new(
            name, ModelFamilies.GoogLeNet, 224, ImageNetClasses,
            classes => new GoogLeNet(module, squeezeExcitation, auxiliaryClassifiers: false, classes))
        {
            TrainingNetwork = classes => new GoogLeNet(module, squeezeExcitation, auxiliaryClassifiers: true, classes),
            TrainingOnly = ["aux1.", "aux2."],
        };

    private static ImageModel ResNet(string name, ModelFamily family, int[] blocks, ResidualDesign design) =>
        new(name, family, 224, ImageNetClasses, classes => new ResNet(blocks, design, classes));

    /// <summary>An SE-ResNet as its authors released it, and as timm lays it out; weights have the same names and shapes.</summary>
    private static IEnumerable<ImageModel> SEResNet(string name, int[] blocks, ResidualDesign design)
    {
        design = design with { SqueezeExcitation = true };
        var (original, timm) = (name, name + TimmSuffix);
        yield return ResNet(original, ModelFamilies.SENet, blocks, design with { IsCaffeForm = true }) with { OtherForm = timm };
        yield return ResNet(timm, ModelFamilies.SENet, blocks, design) with { OtherForm = original };
    }

    private static IEnumerable<ImageModel> CifarResNets(string prefix, string suffix, ResidualDesign design) =>
        CifarDepths.Select(depth => new ImageModel(
            $"{prefix}resnet{depth}{suffix}", design.SqueezeExcitation ? ModelFamilies.SENet : ModelFamilies.ResNet, 32, CifarClasses,
            classes => new CifarResNet(depth, design, classes)));

    private static ResidualDesign Grouped(int groups, int widthPerGroup) => Bottlenecks with
    {
        Groups = groups,
        WidthPerGroup = widthPerGroup,
    };
}
