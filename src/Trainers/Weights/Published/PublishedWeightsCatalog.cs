using MLVision.Trainers.Preprocessing;

namespace MLVision.Trainers.Weights.Published;

/// <summary>The table of published weights, by architecture and name.</summary>
/// <remarks>
/// Sources: torchvision 0.14.1's weights enumerations for its models, file sizes from 0.15's; timm's <c>senet.py</c>,
/// <c>resnet.py</c> and model index, and the accuracy table of pretrained-models.pytorch, for the SE networks; the README of
/// pytorch_resnet_cifar10 for the CIFAR networks.
/// </remarks>
public static class PublishedWeightsCatalog
{
    private const string V1 = "imagenet1k_v1";
    private const string V2 = "imagenet1k_v2";
    private const string PackagedName = "imagenet_mlnet";
    internal const string ImageNet = "ImageNet-1K";
    private const string TorchVisionFiles = "https://download.pytorch.org/models/";
    private const string TorchVisionRecipes = "https://github.com/pytorch/vision/tree/main/references/classification";
    private const string NewRecipe = "https://github.com/pytorch/vision/issues/3995";
    private const string TimmModels = "https://github.com/huggingface/pytorch-image-models";
    private const string TimmFiles = TimmModels + "/releases/download/";
    private const string LukeMelasModels = "https://github.com/lukemelas/EfficientNet-PyTorch";
    private const string CadeneModels = "https://github.com/Cadene/pretrained-models.pytorch";
    private const string CifarModels = "https://github.com/akamaster/pytorch_resnet_cifar10";
    private const string CifarFiles = CifarModels + "/raw/master/pretrained_models/";

    // The statistics of ImageNet's training images, as usual in the field; the CIFAR networks use them, too.
    private static readonly float[] ImageNetMean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] ImageNetDeviation = [0.229f, 0.224f, 0.225f];
    private static readonly float[] Half = [0.5f, 0.5f, 0.5f];

    /// <summary>Every entry, grouped by architecture, in the order of publication.</summary>
    public static IReadOnlyList<PublishedWeights> All { get; } =
    [
        // The columns: architecture, name, file, top-1 and top-5 accuracy in percent, size in MiB.
        // vgg16's "imagenet1k_features" are left out: they lack the classifier.
        TorchVision("alexnet", V1, "alexnet-owt-7be5be79.pth", 56.522, 79.066, 233.087),
        TorchVision("vgg11", V1, "vgg11-8a719046.pth", 69.020, 88.628, 506.840),
        TorchVision("vgg11_bn", V1, "vgg11_bn-6002323d.pth", 70.370, 89.810, 506.881),
        TorchVision("vgg13", V1, "vgg13-19584684.pth", 69.928, 89.246, 507.545),
        TorchVision("vgg13_bn", V1, "vgg13_bn-abd245e5.pth", 71.586, 90.374, 507.590),
        TorchVision("vgg16", V1, "vgg16-397923af.pth", 71.592, 90.382, 527.796),
        TorchVision("vgg16_bn", V1, "vgg16_bn-6c64b313.pth", 73.360, 91.516, 527.866),
        TorchVision("vgg19", V1, "vgg19-dcbb9e9d.pth", 72.376, 90.876, 548.051),
        TorchVision("vgg19_bn", V1, "vgg19_bn-c79401a0.pth", 74.218, 91.842, 548.143),

        // torchvision normalizes with ImageNet's statistics, y = (x − m) / s, and its GoogLeNet then takes y·s/0.5 + (m − 0.5)/0.5
        // (transform_input), which is (x − 0.5) / 0.5. The entry says so directly, so that the network need not do it.
        TorchVision("googlenet", V1, "googlenet-1378be20.pth", 69.778, 89.530, 49.731) with { Mean = Half, StandardDeviation = Half },

        TorchVision("resnet18", V1, "resnet18-f37072fd.pth", 69.758, 89.078, 44.661),
        Featurizer("resnet18_mlnet", PackagedName),
        TorchVision("resnet34", V1, "resnet34-b627a593.pth", 73.314, 91.420, 83.275),
        TorchVision("resnet50", V1, "resnet50-0676ba61.pth", 76.130, 92.862, 97.781),
        NewTorchVision("resnet50", V2, "resnet50-11ad3fa6.pth", 80.858, 95.434, 97.790),
        TorchVision("resnet101", V1, "resnet101-63fe2227.pth", 77.374, 93.546, 170.511),
        NewTorchVision("resnet101", V2, "resnet101-cd907fc2.pth", 81.886, 95.780, 170.530),
        TorchVision("resnet152", V1, "resnet152-394f9c45.pth", 78.312, 94.046, 230.434),
        NewTorchVision("resnet152", V2, "resnet152-f82ba261.pth", 82.284, 96.002, 230.474),
        TorchVision("resnext50_32x4d", V1, "resnext50_32x4d-7cdf4587.pth", 77.618, 93.698, 95.789),
        NewTorchVision("resnext50_32x4d", V2, "resnext50_32x4d-1a0047aa.pth", 81.198, 95.340, 95.833),
        TorchVision("resnext101_32x8d", V1, "resnext101_32x8d-8ba56ff5.pth", 79.312, 94.526, 339.586),
        NewTorchVision("resnext101_32x8d", V2, "resnext101_32x8d-110c445d.pth", 82.834, 96.228, 339.673),
        NewTorchVision("resnext101_64x4d", V1, "resnext101_64x4d-173b62eb.pth", 83.246, 96.454, 319.318),

        // The first wide networks are stored in half precision, hence half the size.
        TorchVision("wide_resnet50_2", V1, "wide_resnet50_2-95faca4d.pth", 78.468, 94.086, 131.820),
        NewTorchVision("wide_resnet50_2", V2, "wide_resnet50_2-9ba9bcbe.pth", 81.602, 95.758, 263.124),
        TorchVision("wide_resnet101_2", V1, "wide_resnet101_2-32ee1156.pth", 78.848, 94.284, 242.896),
        NewTorchVision("wide_resnet101_2", V2, "wide_resnet101_2-d733dc28.pth", 82.510, 96.020, 484.747),

        // Two more columns: shorter side and crop in pixels.
        EfficientNet("efficientnet_b0", "efficientnet_b0_rwightman-3dd342df.pth", 77.692, 93.532, 20.451, 256, 224),
        EfficientNet("efficientnet_b1", "efficientnet_b1_rwightman-533bc792.pth", 78.642, 94.186, 30.134, 256, 240),
        NewTorchVision("efficientnet_b1", V2, "efficientnet_b1-c27df63c.pth", 79.838, 94.934, 30.136, 255, 240),
        EfficientNet("efficientnet_b2", "efficientnet_b2_rwightman-bcdf34b7.pth", 80.608, 95.310, 35.174, 288, 288),
        EfficientNet("efficientnet_b3", "efficientnet_b3_rwightman-cf984f9c.pth", 82.008, 96.054, 47.184, 320, 300),
        EfficientNet("efficientnet_b4", "efficientnet_b4_rwightman-7eb33cd5.pth", 83.384, 96.594, 74.489, 384, 380),
        EfficientNet("efficientnet_b5", "efficientnet_b5_lukemelas-b6417697.pth", 83.444, 96.628, 116.864, 456, 456),
        EfficientNet("efficientnet_b6", "efficientnet_b6_lukemelas-c76e70fd.pth", 84.008, 96.916, 165.362, 528, 528),
        EfficientNet("efficientnet_b7", "efficientnet_b7_lukemelas-dcc49843.pth", 84.122, 96.908, 254.675, 600, 600),

        // The authors' Caffe weights as converted by Cadene, from the copies that timm keeps on an https server; three of them are newer
        // files there, with other digests. Accuracies are Cadene's; those of seresnet50 and senet154 are timm's with the same weights. The
        // two shallow networks are timm's, with the same layout.
        Timm("seresnet18", V1, "v0.1-weights/seresnet18-4bb0ce65.pth", 71.74, 90.34, 44.990),
        Timm("seresnet34", V1, "v0.1-weights/seresnet34-a4004e63.pth", 74.79, 92.13, 83.884, InterpolationMode.Bilinear),
        SENet("seresnet50", "v0.1-cadene/se_resnet50-ce0d4300.pth", 77.650, 93.732, 107.394),
        SENet("seresnet101", "v0.1-cadene/se_resnet101-7e38fcc6.pth", 78.396, 94.258, 188.658),
        SENet("seresnet152", "v0.1-cadene/se_resnet152-d17c99b7.pth", 78.658, 94.374, 255.617),
        SENet("seresnext50_32x4d", "v0.1-weights/legacy_se_resnext50_32x4d-f3651bad.pth", 79.076, 94.434, null),
        SENet("seresnext101_32x4d", "v0.1-weights/legacy_se_resnext101_32x4d-37725eac.pth", 80.236, 95.028, null),
        SENet("senet154", "v0.1-weights/legacy_senet154-e9eb9fe6.pth", 81.320, 95.502, null),
        Timm("seresnet50_timm", "ra2_in1k", "v0.1-weights/seresnet50_ra_224-8efdb4bb.pth", 80.26, 95.07, null),
        Timm("seresnext50_32x4d_timm", "racm_in1k", "v0.1-weights/seresnext50_32x4d_racm-a304a460.pth", 81.27, 95.62, 105.448),

        Cifar("resnet20", "resnet20-12fca82f.th", 91.73),
        Cifar("resnet32", "resnet32-d509ac18.th", 92.63),
        Cifar("resnet44", "resnet44-014dd654.th", 93.10),
        Cifar("resnet56", "resnet56-4bfd9763.th", 93.39),
        Cifar("resnet110", "resnet110-1d1ed7c2.th", 93.68),
    ];

    /// <summary>The weights published for an architecture, in the order of publication; empty if there are none.</summary>
    public static IReadOnlyList<PublishedWeights> For(string architecture)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(architecture);
        return [.. All.Where(weights => Same(weights.Architecture, architecture))];
    }

    /// <summary>Finds weights by name, upper or lower case.</summary>
    /// <param name="architecture">Name of the architecture: <c>resnet50</c>.</param>
    /// <param name="name">
    /// <c>imagenet1k_v1</c>, <c>cifar10</c> and so on; <c>default</c> for the most accurate of the architecture; <c>imagenet</c> for
    /// the most accurate of those trained on ImageNet.
    /// </param>
    /// <exception cref="UnknownWeightsException">There are none of that name; the exception lists the known names.</exception>
    public static PublishedWeights Find(string architecture, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var published = For(architecture);
        var found = Same(name, "default") ? published.MaxBy(weights => weights.Top1)
            : Same(name, "imagenet") ? published.Where(weights => weights.DataSet == ImageNet).MaxBy(weights => weights.Top1)
            : published.FirstOrDefault(weights => Same(weights.Name, name));
        return found ?? throw new UnknownWeightsException(architecture, name, [.. published.Select(weights => weights.Name)]);
    }

    /// <summary>The weights that a training starts from which names neither an architecture nor weights.</summary>
    /// <remarks>They come out of a package, so they are there wherever the application is, and they know photographs.</remarks>
    internal static PublishedWeights Default { get; } = FindForAny(PackagedName);

    /// <summary>Whether this is the word for random weights, where others would be taken.</summary>
    internal static bool AreNone(string? weights) => weights is not null && Same(weights, "none");

    /// <summary>Finds weights whose name alone says of which architecture they are.</summary>
    /// <exception cref="UnknownWeightsException">There are none of that name, or for several architectures.</exception>
    internal static PublishedWeights FindForAny(string name)
    {
        var named = All.Where(weights => Same(weights.Name, name)).ToList();
        return named is [var only] ? only : throw new UnknownWeightsException(name, [.. named.Select(weights => weights.Architecture)]);
    }

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    private static PublishedWeights TorchVision(
        string architecture, string name, string file, double top1, double top5, double sizeMebibytes) =>
        OfImageNet(architecture, name, TorchVisionFiles + file, TorchVisionRecipes, "BSD-3-Clause", top1, top5, sizeMebibytes);

    /// <summary>torchvision's second recipe, which resizes less before the crop.</summary>
    private static PublishedWeights NewTorchVision(
        string architecture, string name, string file, double top1, double top5, double sizeMebibytes, int resize = 232, int crop = 224) =>
        TorchVision(architecture, name, file, top1, top5, sizeMebibytes) with
        {
            Source = new Uri(NewRecipe),
            ResizeSize = resize,
            CropSize = crop,
        };

    /// <summary>torchvision's copies of timm's weights (B0 to B4) and of lukemelas' port of the authors' (B5 to B7).</summary>
    private static PublishedWeights EfficientNet(
        string architecture, string file, double top1, double top5, double sizeMebibytes, int resize, int crop) =>
        TorchVision(architecture, V1, file, top1, top5, sizeMebibytes) with
        {
            Licence = "Apache-2.0",
            Source = new Uri(file.Contains("lukemelas", StringComparison.Ordinal) ? LukeMelasModels : TimmModels),
            ResizeSize = resize,
            CropSize = crop,
            Interpolation = InterpolationMode.Bicubic,
        };

    private static PublishedWeights SENet(string architecture, string file, double top1, double top5, double? sizeMebibytes) =>
        OfImageNet(architecture, V1, TimmFiles + file, CadeneModels, "BSD-3-Clause", top1, top5, sizeMebibytes);

    private static PublishedWeights Timm(
        string architecture, string name, string file, double top1, double top5, double? sizeMebibytes,
        InterpolationMode interpolation = InterpolationMode.Bicubic) =>
        OfImageNet(architecture, name, TimmFiles + file, TimmModels, "Apache-2.0", top1, top5, sizeMebibytes) with
        {
            Interpolation = interpolation,
        };

    /// <summary>
    /// The network without its classifier that ML.NET's <c>DnnImageFeaturizer.ResNet18</c> runs. It was trained with CNTK on pixels of 0 to
    /// 255 minus a mean image; the mean of that image's channels does as well. Its accuracy is not published.
    /// </summary>
    private static PublishedWeights Featurizer(string architecture, string name) => new()
    {
        Architecture = architecture,
        Name = name,
        Package = new WeightsPackage(
            "Microsoft.ML.DnnImageFeaturizer.ResNet18", "0.23.1", "DnnImageModels/ResNet18Onnx/ResNet18.onnx", 63_653_533),
        Sha256 = "e2552f19db2dfdb01b3669537b6a0f1b44da38d18279535492ed5dfc2ef1ff8f",
        Length = 63_653_533,
        SizeMebibytes = 60.705,
        Licence = "MIT",
        Source = new Uri("https://github.com/dotnet/machinelearning"),
        DataSet = ImageNet,
        Classes = 1000,
        HasClassifier = false,
        ResizeSize = 256,
        CropSize = 224,
        Mean = [123.1516f / 255, 115.9029f / 255, 103.0626f / 255],
        StandardDeviation = [64f / 255, 64f / 255, 64f / 255],     // FeaturizerReader's scale
    };

    private static PublishedWeights Cifar(string architecture, string file, double top1) =>
        OfImageNet(architecture, "cifar10", CifarFiles + file, CifarModels, "BSD-2-Clause", top1, null, null) with
        {
            DataSet = "CIFAR-10",
            Classes = 10,
            ResizeSize = 32,
            CropSize = 32,
        };

    private static PublishedWeights OfImageNet(
        string architecture, string name, string address, string source, string licence,
        double top1, double? top5, double? sizeMebibytes) => new()
        {
            Architecture = architecture,
            Name = name,
            Address = new Uri(address),
            Sha256 = PublishedDigests.Of(DigitsAtTheEnd(address)).Sha256,
            Length = PublishedDigests.Of(DigitsAtTheEnd(address)).Length,
            SizeMebibytes = sizeMebibytes,
            Licence = licence,
            Source = new Uri(source),
            DataSet = ImageNet,
            Classes = 1000,
            Top1 = top1,
            Top5 = top5,
            ResizeSize = 256,
            CropSize = 224,
            Mean = ImageNetMean,
            StandardDeviation = ImageNetDeviation,
        };

    /// <summary>The field's convention: <c>resnet50-0676ba61.pth</c> begins, hashed, with 0676ba61.</summary>
    private static string DigitsAtTheEnd(string address)
    {
        var name = Path.GetFileNameWithoutExtension(address);
        return name[(name.LastIndexOf('-') + 1)..];
    }
}
