using Trainers.Models;

namespace Trainers.Tests.Models;

public class ImageModelsTests
{
    [Fact]
    public void All_Names_AreTheTableInOrder() =>
        Assert.Equal(
            [
                "resnet18", "resnet34", "resnet50", "resnet101", "resnet152",
                "resnet20", "resnet32", "resnet44", "resnet56", "resnet110",
                "resnet20_projection", "resnet32_projection", "resnet44_projection", "resnet56_projection", "resnet110_projection",
            ],
            ImageModels.All.Select(model => model.Name));

    // ImageNet networks: torchvision's documentation of its models ("num_params").
    // CIFAR networks by hand; a 3×3 convolution of c into d channels with its batch norm has 9cd + 2d weights:
    //   stem 3 → 16: 464; head 64 → 10: 650;
    //   a block at 16, 32, 64 channels: 4,672, 18,560, 73,984; of these the first at 32 has 9·16·32 weights less, at 64 9·32·64 less.
    //   n = 3: 464 + 3 · 97,216 − 4,608 − 18,432 + 650 = 269,722; each further n adds 97,216.
    //   Projections: 16·32 + 2·32 + 32·64 + 2·64 = 2,752 more.
    // He et al. 2016, table 6, gives 0.27, 0.46, 0.66, 0.85 and 1.7 million.
    [Theory]
    [InlineData("resnet18", 11_689_512)]
    [InlineData("resnet34", 21_797_672)]
    [InlineData("resnet50", 25_557_032)]
    [InlineData("resnet101", 44_549_160)]
    [InlineData("resnet152", 60_192_808)]
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
    public void CountParameters_EachModel_IsThePublishedNumber(string name, long expected) =>
        Assert.Equal(expected, ImageModels.Get(name).CountParameters());

    // torchvision's documentation of its models ("GFLOPS", which are multiply-adds), published to two decimals.
    [Theory]
    [InlineData("resnet18", 1.81)]
    [InlineData("resnet34", 3.66)]
    [InlineData("resnet50", 4.09)]
    [InlineData("resnet101", 7.80)]
    [InlineData("resnet152", 11.51)]
    public void CountMultiplyAdds_ImageNetModel_IsThePublishedNumber(string name, double billions) =>
        Assert.Equal(billions, Math.Round(ImageModels.Get(name).CountMultiplyAdds() / 1e9, 2));

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
    public void CountMultiplyAdds_CifarModel_IsTheHandArithmetic(string name, long expected) =>
        Assert.Equal(expected, ImageModels.Get(name).CountMultiplyAdds());

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
