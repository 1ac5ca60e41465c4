using MLVision.Trainers.Models;
using MLVision.Trainers.Weights.Published;

namespace Trainers.Tests.Weights.Published;

public sealed class PublishedWeightsCatalogTests
{
    public static TheoryData<PublishedWeights> Entries => [.. PublishedWeightsCatalog.All];

    public static TheoryData<PublishedWeights> Fetched => [.. PublishedWeightsCatalog.All.Where(weights => weights.Package is null)];

    [Fact]
    public void All_ArchitectureAndName_AreUnique() =>
        Assert.Equal(
            PublishedWeightsCatalog.All.Count,
            PublishedWeightsCatalog.All.DistinctBy(weights => (weights.Architecture, weights.Name)).Count());

    [Fact]
    public void All_FileNames_AreUnique() =>
        Assert.Equal(PublishedWeightsCatalog.All.Count, PublishedWeightsCatalog.All.DistinctBy(weights => weights.FileName).Count());

    [Theory]
    [MemberData(nameof(Fetched))]
    public void All_Address_IsSecure(PublishedWeights weights) => Assert.Equal("https", weights.Address?.Scheme);

    /// <summary>The package's nuspec says MIT; length and digest of the file in it are <c>ls</c>' and <c>sha256sum</c>'s.</summary>
    [Fact]
    public void All_NotFetched_IsTheFileOfMLNetsFeaturizer()
    {
        var weights = PublishedWeightsCatalog.All.Except(Fetched.Select(row => row.Data)).Single();

        Assert.Equal(("resnet18_mlnet", "imagenet_mlnet", "MIT"), (weights.Architecture, weights.Name, weights.Licence));
        Assert.Equal(
            new WeightsPackage(
                "Microsoft.ML.DnnImageFeaturizer.ResNet18", "0.23.1", "DnnImageModels/ResNet18Onnx/ResNet18.onnx", 63_653_533),
            weights.Package);
        Assert.Equal("ResNet18.onnx", weights.FileName);
        Assert.Equal("e2552f19db2dfdb01b3669537b6a0f1b44da38d18279535492ed5dfc2ef1ff8f", weights.Sha256);
        Assert.Equal(63_653_533, weights.Length);
        Assert.Equal(63_653_533.0 / (1 << 20), weights.SizeMebibytes!.Value, 1e-3);
        Assert.Null(weights.Address);
        Assert.False(weights.HasClassifier);
    }

    [Theory]
    [MemberData(nameof(Fetched))]
    public void All_Sha256_BeginsAsTheFileNameEnds(PublishedWeights weights)
    {
        Assert.Matches(weights.IsSha256Whole ? "^[0-9a-f]{64}$" : "^[0-9a-f]{8}$", weights.Sha256);
        Assert.EndsWith($"-{weights.Sha256[..8]}", Path.GetFileNameWithoutExtension(weights.FileName), StringComparison.Ordinal);
    }

    /// <summary>Sizes are published in MiB, by torchvision to three digits, which older files differ from by a few hundred bytes.</summary>
    [Theory]
    [MemberData(nameof(Entries))]
    public void All_Length_IsTheSizeThatIsPublished(PublishedWeights weights)
    {
        if (weights is { Length: { } length, SizeMebibytes: { } mebibytes })
        {
            Assert.Equal(mebibytes, length / (double)(1 << 20), 1e-3);
        }
    }

    /// <summary>Of the file itself, by <c>sha256sum</c> and <c>ls</c>.</summary>
    [Fact]
    public void Find_ResNet20OfCifar_HasTheWholeDigest()
    {
        var weights = PublishedWeightsCatalog.Find("resnet20", "cifar10");

        Assert.Equal("12fca82f0bebc4135bf1f32f6e3710e61d5108578464b84fd6d7f5c1b04036c8", weights.Sha256);
        Assert.Equal(1_099_231, weights.Length);
    }

    [Theory]
    [MemberData(nameof(Entries))]
    public void All_Preprocessing_IsPlausible(PublishedWeights weights)
    {
        Assert.InRange(weights.CropSize, 32, weights.ResizeSize);
        Assert.InRange(weights.ResizeSize, weights.CropSize, weights.CropSize * 1.15);
        Assert.All(weights.Mean, mean => Assert.InRange(mean, 0.4f, 0.5f));
        Assert.All(weights.StandardDeviation, deviation => Assert.InRange(deviation, 0.2f, 0.5f));
        Assert.Equal((3, 3), (weights.Mean.Count, weights.StandardDeviation.Count));
    }

    [Theory]
    [MemberData(nameof(Fetched))]
    public void All_Accuracy_IsInPercent(PublishedWeights weights)
    {
        Assert.InRange(weights.Top1!.Value, 56, 94);
        Assert.InRange(weights.Top5 ?? 100, weights.Top1.Value, 100);
    }

    // Parameters as torchvision's enumerations give them ("num_params"), GoogLeNet's with both auxiliary heads, SE-ResNet-50's as
    // timm gives them. Buffers and the file's own words add less than two per cent.
    [Theory]
    [InlineData("alexnet", "imagenet1k_v1", 61_100_840, 4)]
    [InlineData("vgg16", "imagenet1k_v1", 138_357_544, 4)]
    [InlineData("googlenet", "imagenet1k_v1", 13_004_888, 4)]
    [InlineData("resnet50", "imagenet1k_v2", 25_557_032, 4)]
    [InlineData("efficientnet_b0", "imagenet1k_v1", 5_288_548, 4)]
    [InlineData("seresnet50", "imagenet1k_v1", 28_088_024, 4)]
    [InlineData("wide_resnet50_2", "imagenet1k_v1", 68_883_240, 2)]
    [InlineData("wide_resnet50_2", "imagenet1k_v2", 68_883_240, 4)]
    public void All_Size_IsThatOfTheParameters(string architecture, string name, int parameters, int bytesEach)
    {
        var mebibytes = (double)parameters * bytesEach / (1 << 20);

        Assert.InRange(PublishedWeightsCatalog.Find(architecture, name).SizeMebibytes!.Value, mebibytes, 1.02 * mebibytes);
    }

    [Fact]
    public void All_ArchitecturesOfTheTable_HaveAsManyClasses()
    {
        var pairs = PublishedWeightsCatalog.All.Join(
            ImageModels.All, weights => weights.Architecture, model => model.Name, (weights, model) => (weights.Classes, model.Classes));

        Assert.All(pairs, pair => Assert.Equal(pair.Item2, pair.Item1));
    }

    // torchvision 0.14.1, models/alexnet.py, vgg.py, googlenet.py, resnet.py, efficientnet.py: the weights enumerations.
    [Theory]
    [InlineData("alexnet", "imagenet1k_v1", "https://download.pytorch.org/models/alexnet-owt-7be5be79.pth", 56.522, 256, 224)]
    [InlineData("vgg16_bn", "imagenet1k_v1", "https://download.pytorch.org/models/vgg16_bn-6c64b313.pth", 73.36, 256, 224)]
    [InlineData("googlenet", "imagenet1k_v1", "https://download.pytorch.org/models/googlenet-1378be20.pth", 69.778, 256, 224)]
    [InlineData("resnet50", "imagenet1k_v1", "https://download.pytorch.org/models/resnet50-0676ba61.pth", 76.13, 256, 224)]
    [InlineData("resnet50", "imagenet1k_v2", "https://download.pytorch.org/models/resnet50-11ad3fa6.pth", 80.858, 232, 224)]
    [InlineData("efficientnet_b1", "imagenet1k_v2", "https://download.pytorch.org/models/efficientnet_b1-c27df63c.pth", 79.838, 255, 240)]
    [InlineData(
        "efficientnet_b7", "imagenet1k_v1", "https://download.pytorch.org/models/efficientnet_b7_lukemelas-dcc49843.pth", 84.122, 600, 600)]
    // timm's model index for seresnext50_32x4d: image size 224, crop 0.875, of which the shorter side is 224 / 0.875 = 256.
    [InlineData(
        "seresnext50_32x4d_timm",
        "racm_in1k",
        "https://github.com/huggingface/pytorch-image-models/releases/download/v0.1-weights/seresnext50_32x4d_racm-a304a460.pth",
        81.27,
        256,
        224)]
    // README of pytorch_resnet_cifar10: test error 8.27 %.
    [InlineData(
        "resnet20",
        "cifar10",
        "https://github.com/akamaster/pytorch_resnet_cifar10/raw/master/pretrained_models/resnet20-12fca82f.th",
        91.73,
        32,
        32)]
    public void Find_NameAsPublished_IsThatFileWithItsPreprocessing(
        string architecture, string name, string address, double top1, int resize, int crop)
    {
        var weights = PublishedWeightsCatalog.Find(architecture, name);

        Assert.Equal((address, top1, resize, crop), (weights.Address!.AbsoluteUri, weights.Top1, weights.ResizeSize, weights.CropSize));
    }

    // googlenet.py of torchvision, _transform_input, after normalization with ImageNet's statistics.
    [Theory]
    [InlineData(0, 0.485, 0.229)]
    [InlineData(1, 0.456, 0.224)]
    [InlineData(2, 0.406, 0.225)]
    public void Find_GoogLeNet_NormalizesAsTorchVisionDoesInTwoSteps(int channel, double mean, double deviation)
    {
        var weights = PublishedWeightsCatalog.Find("googlenet", "default");

        Assert.All([0.0, 0.3, 1.0], value =>
        {
            var twoSteps = ((value - mean) / deviation * (deviation / 0.5)) + ((mean - 0.5) / 0.5);
            var oneStep = (value - weights.Mean[channel]) / weights.StandardDeviation[channel];
            Assert.Equal(twoSteps, oneStep, 1e-12); // double arithmetic; 0.5 is exact in a float
        });
    }

    [Theory]
    [InlineData("ResNet50", "IMAGENET1K_V2", "imagenet1k_v2")]
    [InlineData("resnet50", "imagenet", "imagenet1k_v2")]
    [InlineData("resnet50", "Default", "imagenet1k_v2")]
    [InlineData("efficientnet_b1", "imagenet", "imagenet1k_v2")]
    [InlineData("vgg16", "imagenet", "imagenet1k_v1")]
    [InlineData("seresnet50_timm", "imagenet", "ra2_in1k")]
    [InlineData("resnet20", "default", "cifar10")]
    [InlineData("resnet18_mlnet", "default", "imagenet_mlnet")]
    [InlineData("resnet18_mlnet", "imagenet", "imagenet_mlnet")]
    public void Find_OtherSpelling_IsTheEntry(string architecture, string name, string expected) =>
        Assert.Equal(expected, PublishedWeightsCatalog.Find(architecture, name).Name);

    [Fact]
    public void Find_UnknownName_SaysWhichThereAre()
    {
        var error = Assert.Throws<UnknownWeightsException>(() => PublishedWeightsCatalog.Find("resnet50", "v3"));

        Assert.Equal(
            "Unknown weights 'v3' for resnet50; known are imagenet1k_v1, imagenet1k_v2, or default for the best of them.", error.Message);
        Assert.Equal(["imagenet1k_v1", "imagenet1k_v2"], error.Known);
    }

    [Fact]
    public void Find_ImageNetForANetworkOfCifar_IsUnknown()
    {
        var error = Assert.Throws<UnknownWeightsException>(() => PublishedWeightsCatalog.Find("resnet20", "imagenet"));

        Assert.Equal(["cifar10"], error.Known);
    }

    [Fact]
    public void Find_ArchitectureWithoutWeights_SaysSo()
    {
        var error = Assert.Throws<UnknownWeightsException>(() => PublishedWeightsCatalog.Find("resnet20_projection", "default"));

        Assert.Equal(
            "Unknown weights 'default': there are no published weights for resnet20_projection; give a file of weights, or train without.",
            error.Message);
    }

    [Fact]
    public void For_Architecture_IsInOrderOfPublication() =>
        Assert.Equal(["imagenet1k_v1", "imagenet1k_v2"], PublishedWeightsCatalog.For("wide_resnet50_2").Select(weights => weights.Name));

    [Fact]
    public void For_ArchitectureWithoutWeights_IsEmpty() => Assert.Empty(PublishedWeightsCatalog.For("resnet20_projection"));
}
