using MLVision.MLNetExtensions;
using MLVision.Trainers.Models;

namespace Trainers.Tests.Models;

public class ImageModelsTests
{
    [Fact]
    public void All_Names_AreTheTableInOrder() =>
        Assert.Equal(
            [
                "alexnet", "vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn",
                "googlenet", "googlenet_5x5", "googlenet_naive", "segooglenet", "segooglenet_5x5", "segooglenet_naive",
                "resnet18", "resnet18_mlnet", "resnet34", "resnet50", "resnet101", "resnet152",
                "resnet20", "resnet32", "resnet44", "resnet56", "resnet110",
                "resnet20_projection", "resnet32_projection", "resnet44_projection", "resnet56_projection", "resnet110_projection",
                "resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d", "wide_resnet50_2", "wide_resnet101_2",
                "seresnet18", "seresnet18_timm", "seresnet34", "seresnet34_timm", "seresnet50", "seresnet50_timm",
                "seresnet101", "seresnet101_timm", "seresnet152", "seresnet152_timm",
                "seresnext50_32x4d", "seresnext50_32x4d_timm", "seresnext101_32x4d", "seresnext101_32x4d_timm",
                "sewide_resnet50_2", "sewide_resnet101_2", "senet154",
                "seresnet20", "seresnet32", "seresnet44", "seresnet56", "seresnet110",
                "seresnet20_projection", "seresnet32_projection", "seresnet44_projection", "seresnet56_projection",
                "seresnet110_projection",
                "efficientnet_b0", "efficientnet_b1", "efficientnet_b2", "efficientnet_b3",
                "efficientnet_b4", "efficientnet_b5", "efficientnet_b6", "efficientnet_b7",
            ],
            ImageModels.All.Select(model => model.Name));

    // ImageNet networks: torchvision's documentation of its models ("num_params"), for SENets timm's.
    // CIFAR networks by hand; a 3×3 convolution of c into d channels with its batch norm has 9cd + 2d weights:
    //   stem 3 → 16: 464; head 64 → 10: 650;
    //   a block at 16, 32, 64 channels: 4,672, 18,560, 73,984; of these the first at 32 has 9·16·32 weights less, at 64 9·32·64 less.
    //   n = 3: 464 + 3 · 97,216 − 4,608 − 18,432 + 650 = 269,722; each further n adds 97,216.
    //   Projections: 16·32 + 2·32 + 32·64 + 2·64 = 2,752 more.
    // He et al. 2016, table 6, gives 0.27, 0.46, 0.66, 0.85 and 1.7 million.
    // ML.NET's network by hand: a third block of two 3×3 convolutions of 512 channels with their batch norms, 4,720,640 more than resnet18.
    [Theory]
    [InlineData("resnet18_mlnet", 16_410_152)]
    [InlineData("alexnet", 61_100_840)]
    [InlineData("vgg11", 132_863_336)]
    [InlineData("vgg11_bn", 132_868_840)]
    [InlineData("vgg13", 133_047_848)]
    [InlineData("vgg13_bn", 133_053_736)]
    [InlineData("vgg16", 138_357_544)]
    [InlineData("vgg16_bn", 138_365_992)]
    [InlineData("vgg19", 143_667_240)]
    [InlineData("vgg19_bn", 143_678_248)]
    [InlineData("googlenet", 6_624_904)]
    [InlineData("resnet18", 11_689_512)]
    [InlineData("resnet34", 21_797_672)]
    [InlineData("resnet50", 25_557_032)]
    [InlineData("resnet101", 44_549_160)]
    [InlineData("resnet152", 60_192_808)]
    [InlineData("resnext50_32x4d", 25_028_904)]
    [InlineData("resnext101_32x8d", 88_791_336)]
    [InlineData("resnext101_64x4d", 83_455_272)]
    [InlineData("wide_resnet50_2", 68_883_240)]
    [InlineData("wide_resnet101_2", 126_886_696)]
    [InlineData("seresnet18", 11_778_592)]
    [InlineData("seresnet34", 21_958_868)]
    [InlineData("seresnet50", 28_088_024)]
    [InlineData("seresnet101", 49_326_872)]
    [InlineData("seresnet152", 66_821_848)]
    [InlineData("seresnext50_32x4d", 27_559_896)]
    [InlineData("seresnext101_32x4d", 48_955_416)]
    [InlineData("senet154", 115_088_984)]
    [InlineData("efficientnet_b0", 5_288_548)]
    [InlineData("efficientnet_b1", 7_794_184)]
    [InlineData("efficientnet_b2", 9_109_994)]
    [InlineData("efficientnet_b3", 12_233_232)]
    [InlineData("efficientnet_b4", 19_341_616)]
    [InlineData("efficientnet_b5", 30_389_784)]
    [InlineData("efficientnet_b6", 43_040_704)]
    [InlineData("efficientnet_b7", 66_347_960)]
    [InlineData("resnet20", 269_722)]
    [InlineData("resnet32", 464_154)]
    [InlineData("resnet44", 658_586)]
    [InlineData("resnet56", 853_018)]
    [InlineData("resnet110", 1_727_962)]
    [InlineData("resnet20_projection", 272_474)]
    [InlineData("resnet32_projection", 466_906)]
    [InlineData("resnet44_projection", 661_338)]
    [InlineData("resnet56_projection", 855_770)]
    [InlineData("resnet110_projection", 1_730_714)]
    public void CountCost_EachModel_HasThePublishedParameters(string name, long expected) =>
        Assert.Equal(expected, ImageModels.Get(name).CountCost().Parameters);

    // torchvision's documentation of its models ("GFLOPS", which are multiply-adds), published to two decimals.
    [Theory]
    [InlineData("alexnet", 0.71)]
    [InlineData("vgg11", 7.61)]
    [InlineData("vgg13_bn", 11.31)]
    [InlineData("vgg16", 15.47)]
    [InlineData("vgg19", 19.63)]
    [InlineData("googlenet", 1.50)]
    [InlineData("resnext50_32x4d", 4.23)]
    [InlineData("resnext101_32x8d", 16.41)]
    [InlineData("resnext101_64x4d", 15.46)]
    [InlineData("wide_resnet50_2", 11.40)]
    [InlineData("wide_resnet101_2", 22.75)]
    [InlineData("efficientnet_b0", 0.39)]
    [InlineData("efficientnet_b1", 0.69)]
    [InlineData("efficientnet_b2", 1.09)]
    [InlineData("efficientnet_b3", 1.83)]
    [InlineData("efficientnet_b4", 4.39)]
    [InlineData("efficientnet_b5", 10.27)]
    [InlineData("efficientnet_b6", 19.07)]
    [InlineData("efficientnet_b7", 37.75)]
    [InlineData("resnet18", 1.81)]
    [InlineData("resnet34", 3.66)]
    [InlineData("resnet50", 4.09)]
    [InlineData("resnet101", 7.80)]
    [InlineData("resnet152", 11.51)]
    public void CountCost_ImageNetModel_HasThePublishedMultiplyAdds(string name, double billions) =>
        Assert.Equal(billions, Math.Round(ImageModels.Get(name).CountCost().MultiplyAdds / 1e9, 2));

    // Hu et al. 2018, table 2 ("GFLOPs"); the paper's figures are rounded and count a little besides, hence one percent.
    [Theory]
    [InlineData("seresnet50", 3.87)]
    [InlineData("seresnet101", 7.60)]
    [InlineData("seresnet152", 11.32)]
    [InlineData("seresnext50_32x4d", 4.25)]
    [InlineData("seresnext101_32x4d", 8.00)]
    [InlineData("senet154", 20.8)]
    public void CountCost_SENet_HasThePapersMultiplyAddsToOnePercent(string name, double billions) =>
        Assert.InRange(ImageModels.Get(name).CountCost().MultiplyAdds / 1e9, billions * 0.99, billions * 1.01);

    // By hand; a 3×3 convolution of c into d channels at s × s costs 9·c·d·s²:
    //   stem 9·3·16·32² = 442,368; head 64·10 = 640; any block 2 · 9·16·16·32² = 4,718,592, for channels double as s² quarters;
    //   the two blocks that narrow the image lack half of their first convolution: 1,179,648 each.
    //   n = 3: 443,008 + 9 · 4,718,592 − 2 · 1,179,648 = 40,551,040; each further n adds 14,155,776.
    //   Projections: 16·32·16² + 32·64·8² = 262,144 more (40.81 million for ResNet-20, as often quoted).
    [Theory]
    [InlineData("resnet20", 40_551_040)]
    [InlineData("resnet32", 68_862_592)]
    [InlineData("resnet44", 97_174_144)]
    [InlineData("resnet56", 125_485_696)]
    [InlineData("resnet110", 252_887_680)]
    [InlineData("resnet20_projection", 40_813_184)]
    [InlineData("resnet32_projection", 69_124_736)]
    [InlineData("resnet44_projection", 97_436_288)]
    [InlineData("resnet56_projection", 125_747_840)]
    [InlineData("resnet110_projection", 253_149_824)]
    public void CountCost_CifarModel_HasTheMultiplyAddsOfHandArithmetic(string name, long expected) =>
        Assert.Equal(expected, ImageModels.Get(name).CountCost().MultiplyAdds);

    [Theory]
    [InlineData("vgg16", 31, 32)]
    [InlineData("vgg16_bn", 8, 32)]
    [InlineData("alexnet", 62, 63)]
    [InlineData("googlenet", 8, 15)]
    public void RequireImageSize_TooSmall_ThrowsWithTheSmallest(string name, int imageSize, int smallest)
    {
        var error = Assert.Throws<OptionOutOfRangeException>(() => ImageModels.Get(name).RequireImageSize(imageSize));

        Assert.Contains($"at least {smallest} pixels", error.Message, StringComparison.Ordinal);
        ImageModels.Get(name).RequireImageSize(smallest);
    }

    [Theory]
    [InlineData("senet154")]
    [InlineData("efficientnet_b7")]
    [InlineData("resnet110")]
    public void RequireImageSize_EightPixels_AreEnoughForNetworksThatEndInAGlobalPool(string name) =>
        ImageModels.Get(name).RequireImageSize(8);

    [Fact]
    public void All_Heads_AreLayersOfTheirNetworks() => Assert.All(ImageModels.All, model =>
    {
        using var network = model.Network(7);
        Assert.Equal(7, network.state_dict()[$"{model.Head}.weight"].shape[0]);
        Assert.Equal([7], network.state_dict()[$"{model.Head}.bias"].shape);
    });

    [Fact]
    public void Get_UpperCase_FindsTheModel() => Assert.Equal("resnet50", ImageModels.Get("ResNet50").Name);

    [Fact]
    public void Get_UnknownName_ThrowsWithTheNamesThereAre()
    {
        var error = Assert.Throws<UnknownArchitectureException>(() => ImageModels.Get("resnet51"));

        Assert.Equal(ImageModels.All.Select(model => model.Name), error.Known);
        Assert.Contains("'resnet51'", error.Message, StringComparison.Ordinal);
        Assert.All(error.Known, name => Assert.Contains(name, error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void Get_BlankName_Throws(string name) => Assert.Throws<ArgumentException>(() => ImageModels.Get(name));
}
