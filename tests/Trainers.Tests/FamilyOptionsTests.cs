using MLVision.MLNetExtensions;
using MLVision.Trainers;
using MLVision.Trainers.Models;

namespace Trainers.Tests;

/// <summary>Each family's options name a row of the table, or throw.</summary>
public sealed class FamilyOptionsTests
{
    [Theory]
    [InlineData(11, true, "vgg11_bn")]
    [InlineData(11, false, "vgg11")]
    [InlineData(13, true, "vgg13_bn")]
    [InlineData(16, true, "vgg16_bn")]
    [InlineData(16, false, "vgg16")]
    [InlineData(19, false, "vgg19")]
    [InlineData(12, true, null)]
    [InlineData(0, false, null)]
    [InlineData(-11, true, null)]
    public void Vgg_DepthAndBatchNorm_NameARowOrThrow(int depth, bool batchNorm, string? expected) =>
        AssertNames(expected, () => new VggOptions { Depth = depth, BatchNorm = batchNorm }.Architecture);

    [Theory]
    [InlineData(InceptionModule.Torchvision, false, "googlenet")]
    [InlineData(InceptionModule.Paper, false, "googlenet_5x5")]
    [InlineData(InceptionModule.Naive, false, "googlenet_naive")]
    [InlineData(InceptionModule.Torchvision, true, "segooglenet")]
    [InlineData(InceptionModule.Paper, true, "segooglenet_5x5")]
    [InlineData(InceptionModule.Naive, true, "segooglenet_naive")]
    public void GoogLeNet_ModuleAndGate_NameARow(InceptionModule module, bool squeezeExcitation, string expected) =>
        AssertNames(expected, () => new GoogLeNetOptions { Module = module, SqueezeExcitation = squeezeExcitation }.Architecture);

    [Theory]
    [InlineData(18, false, false, "seresnet18")]
    [InlineData(34, false, true, "seresnet34_timm")]
    [InlineData(50, false, false, "seresnet50")]
    [InlineData(50, true, false, "seresnext50_32x4d")]
    [InlineData(50, true, true, "seresnext50_32x4d_timm")]
    [InlineData(101, true, false, "seresnext101_32x4d")]
    [InlineData(101, false, true, "seresnet101_timm")]
    [InlineData(152, false, false, "seresnet152")]
    [InlineData(154, false, false, "senet154")]
    [InlineData(154, false, true, null)]
    [InlineData(154, true, false, null)]
    [InlineData(18, true, false, null)]
    [InlineData(152, true, true, null)]
    [InlineData(51, false, false, null)]
    public void SENet_DepthAndKind_NameARowOrThrow(int depth, bool resNeXt, bool timmForm, string? expected) =>
        AssertNames(expected, () => new SENetOptions { Depth = depth, ResNeXt = resNeXt, TimmForm = timmForm }.Architecture);

    [Theory]
    [InlineData(0, "efficientnet_b0")]
    [InlineData(7, "efficientnet_b7")]
    [InlineData(8, null)]
    [InlineData(-1, null)]
    public void EfficientNet_Scale_NamesARowOrThrows(int scale, string? expected) =>
        AssertNames(expected, () => new EfficientNetOptions { Scale = scale }.Architecture);

    [Theory]
    [InlineData(50, ResNetVariant.ResNeXt, false, null, "resnext50_32x4d")]
    [InlineData(101, ResNetVariant.ResNeXt, false, null, "resnext101_32x8d")]
    [InlineData(101, ResNetVariant.ResNeXt, true, null, "seresnext101_32x4d")]
    [InlineData(50, ResNetVariant.ResNeXt, true, null, "seresnext50_32x4d")]
    [InlineData(50, ResNetVariant.Wide, false, null, "wide_resnet50_2")]
    [InlineData(101, ResNetVariant.Wide, true, ResidualShortcut.Projection, "sewide_resnet101_2")]
    [InlineData(18, ResNetVariant.Standard, true, null, "seresnet18")]
    [InlineData(20, ResNetVariant.Standard, true, null, "seresnet20")]
    [InlineData(110, ResNetVariant.Standard, true, ResidualShortcut.Projection, "seresnet110_projection")]
    [InlineData(20, ResNetVariant.Standard, true, ResidualShortcut.ZeroPadding, "seresnet20")]
    [InlineData(50, ResNetVariant.Standard, true, ResidualShortcut.ZeroPadding, null)]
    [InlineData(50, ResNetVariant.ResNeXt, false, ResidualShortcut.ZeroPadding, null)]
    [InlineData(20, ResNetVariant.ResNeXt, false, null, null)]
    [InlineData(20, ResNetVariant.Wide, false, ResidualShortcut.Projection, null)]
    [InlineData(18, ResNetVariant.ResNeXt, false, null, null)]
    [InlineData(152, ResNetVariant.Wide, false, null, null)]
    public void ResNet_DepthAndKind_NameARowOrThrow(
        int depth, ResNetVariant variant, bool squeezeExcitation, ResidualShortcut? shortcut, string? expected) => AssertNames(
            expected,
            () =>
            {
                var options = new ResNetOptions { Depth = depth, Variant = variant };
                return (options with { SqueezeExcitation = squeezeExcitation, Shortcut = shortcut }).Architecture;
            });

    [Fact]
    public void ResNet_NoVariant_Throws() =>
        Assert.Throws<OptionOutOfRangeException>("Variant", () => new ResNetOptions { Variant = (ResNetVariant)9 }.Architecture);

    [Fact]
    public void ResNet_NoShortcut_Throws() =>
        Assert.Throws<OptionOutOfRangeException>("Shortcut", () => new ResNetOptions { Shortcut = (ResidualShortcut)9 }.Architecture);

    [Fact]
    public void GoogLeNet_NoModule_Throws() =>
        Assert.Throws<OptionOutOfRangeException>("Module", () => new GoogLeNetOptions { Module = (InceptionModule)9 }.Architecture);

    /// <summary>So that nothing of the table is out of the family doors' reach but what only the general door has.</summary>
    [Fact]
    public void Architecture_AllOptions_ReachTheTable()
    {
        int[] depths = [11, 13, 16, 18, 19, 20, 32, 34, 44, 50, 56, 101, 110, 152, 154];
        bool[] both = [false, true];
        IEnumerable<Func<string>> names =
        [
            () => "alexnet",
            .. Enumerable.Range(0, 8).Select(scale => (Func<string>)(() => new EfficientNetOptions { Scale = scale }.Architecture)),
            .. from module in Enum.GetValues<InceptionModule>()
               from gate in both
               select (Func<string>)(() => new GoogLeNetOptions { Module = module, SqueezeExcitation = gate }.Architecture),
            .. from depth in depths
               from first in both
               from second in both
               from name in (Func<string>[])
               [
                   () => new VggOptions { Depth = depth, BatchNorm = first }.Architecture,
                   () => new SENetOptions { Depth = depth, ResNeXt = first, TimmForm = second }.Architecture,
               ]
               select name,
            .. from depth in depths
               from variant in Enum.GetValues<ResNetVariant>()
               from gate in both
               from shortcut in (ResidualShortcut?[])[null, ResidualShortcut.Projection]
               select (Func<string>)(() => new ResNetOptions
               {
                   Depth = depth,
                   Variant = variant,
                   SqueezeExcitation = gate,
                   Shortcut = shortcut,
               }.Architecture),
        ];

        var reached = names.Select(NameOrNull).Where(name => name is not null).ToHashSet();

        Assert.Equal(
            ["resnet18_mlnet", "resnext101_64x4d"], ImageModels.All.Select(model => model.Name).Where(name => !reached.Contains(name)));

        static string? NameOrNull(Func<string> name)
        {
            try
            {
                return name();
            }
            catch (UnknownArchitectureException)
            {
                return null;
            }
        }
    }

    private static void AssertNames(string? expected, Func<string> architecture)
    {
        if (expected is null)
        {
            Assert.Throws<UnknownArchitectureException>(architecture);
            return;
        }

        Assert.Equal(expected, architecture());
        Assert.Equal(expected, ImageModels.Get(expected).Name);
    }
}
