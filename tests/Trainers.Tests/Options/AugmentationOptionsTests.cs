using Microsoft.ML;
using MLVision.MLNetExtensions;
using MLVision.Trainers.Options;

namespace Trainers.Tests.Options;

public sealed class AugmentationOptionsTests
{
    public static TheoryData<string, AugmentationOptions> OutOfRange => new()
    {
        { "MinCropScale", new() { MinCropScale = 0 } },
        { "MinCropScale", new() { MinCropScale = 0.6, MaxCropScale = 0.5 } },
        { "MinCropScale", new() { MinCropScale = double.NaN } },
        { "MaxCropScale", new() { MaxCropScale = 1.1 } },
        { "MinCropAspect", new() { MinCropAspect = 0 } },
        { "MinCropAspect", new() { MinCropAspect = 2 } },
        { "MaxCropAspect", new() { MaxCropAspect = double.PositiveInfinity } },
        { "Shift", new() { Shift = -0.1 } },
        { "Shift", new() { Shift = 0.5 } },
        { "HorizontalFlip", new() { HorizontalFlip = 1.1 } },
        { "VerticalFlip", new() { VerticalFlip = -0.1 } },
        { "Brightness", new() { Brightness = 1.1 } },
        { "Contrast", new() { Contrast = double.NaN } },
        { "Saturation", new() { Saturation = -0.1 } },
        { "Hue", new() { Hue = 0.6 } },
        { "RandomErasing", new() { RandomErasing = 1.1 } },
        { "MinErasedScale", new() { MinErasedScale = 0 } },
        { "MaxErasedScale", new() { MaxErasedScale = 1.1 } },
        { "MinErasedAspect", new() { MinErasedAspect = 4 } },
        { "MaxErasedAspect", new() { MaxErasedAspect = double.PositiveInfinity } },
        { "MixupAlpha", new() { MixupAlpha = -1 } },
        { "CutmixAlpha", new() { CutmixAlpha = double.PositiveInfinity } },
    };

    public static TheoryData<AugmentationOptions> Taken => new()
    {
        AugmentationOptions.None,
        AugmentationOptions.Light,
        AugmentationOptions.Standard,
        AugmentationOptions.Strong,
        new AugmentationOptions { MinCropScale = 1, MinCropAspect = 1, MaxCropAspect = 1 },
        new AugmentationOptions { HorizontalFlip = 1, VerticalFlip = 1, RandomErasing = 1 },
        new AugmentationOptions { Brightness = 1, Contrast = 1, Saturation = 1, Hue = 0.5 },
    };

    [Theory]
    [MemberData(nameof(OutOfRange), DisableDiscoveryEnumeration = true)]
    public void ImageClassifier_AugmentationOutOfRange_NamesItAtOnce(string name, AugmentationOptions augmentation)
    {
        var options = new ImageTrainingOptions { Augmentation = augmentation };

        var error = Assert.Throws<OptionOutOfRangeException>(
            () => new MLContext(seed: 1).Transforms.ImageClassifier("resnet20", options));

        Assert.Equal(name, error.ParamName);
        Assert.StartsWith($"{name} must be ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Taken), DisableDiscoveryEnumeration = true)]
    public void ImageClassifier_AugmentationInItsRange_IsTaken(AugmentationOptions augmentation)
    {
        var options = new ImageTrainingOptions { Augmentation = augmentation };

        var error = Record.Exception(() => new MLContext(seed: 1).Transforms.ImageClassifier("resnet20", options));

        Assert.Null(error);
    }

    [Fact]
    public void ToString_Options_NamesWhatIsSwitchedOn()
    {
        Assert.Equal("none", AugmentationOptions.None.ToString());
        Assert.Equal("shift 0.125, horizontal flip 0.5", AugmentationOptions.Light.ToString());
        Assert.Equal(
            "crop of 0.08-1 at 0.75-1.333, horizontal flip 0.5, TrivialAugment, erasing 0.1 of 0.02-0.33 at 0.3-3.3, mixup 0.2, cutmix 1",
            AugmentationOptions.Strong.ToString());
    }
}
