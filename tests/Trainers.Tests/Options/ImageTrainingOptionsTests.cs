using System.Reflection;
using Microsoft.ML;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Options;
using MLVision.Trainers.Options;

namespace Trainers.Tests.Options;

public sealed class ImageTrainingOptionsTests
{
    public static TheoryData<string, Func<ImageTrainingOptions, ImageTrainingOptions>> OutOfRange => new()
    {
        { "ImageSize", o => o with { ImageSize = 7 } },
        { "Preset", o => o with { Preset = (TrainingPreset)3 } },
        { "Epochs", o => o with { Epochs = 0 } },
        { "HeadEpochs", o => o with { HeadEpochs = 0 } },
        { "HeadViews", o => o with { HeadViews = 0 } },
        { "Optimizer", o => o with { Optimizer = (TrainingOptimizer)99 } },
        { "Schedule", o => o with { Schedule = (RateSchedule)3 } },
        { "ClassBalance", o => o with { ClassBalance = (ClassBalance)3 } },
        { "MaxGradientNorm", o => o with { MaxGradientNorm = -1 } },
        { "MaxGradientNorm", o => o with { MaxGradientNorm = double.PositiveInfinity } },
        { "AverageDecay", o => o with { AverageDecay = -0.1 } },
        { "AverageDecay", o => o with { AverageDecay = 1 } },
        { "AverageDecay", o => o with { AverageDecay = double.NaN } },
        { "BatchSize", o => o with { BatchSize = 1 } },
        { "LearningRate", o => o with { LearningRate = 0 } },
        { "LearningRate", o => o with { LearningRate = double.NaN } },
        { "LearningRate", o => o with { LearningRate = double.PositiveInfinity } },
        { "Momentum", o => o with { Momentum = -0.1 } },
        { "Momentum", o => o with { Momentum = 1 } },
        { "Momentum", o => o with { Momentum = double.NaN } },
        { "WeightDecay", o => o with { WeightDecay = -1e-9 } },
        { "WeightDecay", o => o with { WeightDecay = double.NaN } },
        { "WarmupEpochs", o => o with { WarmupEpochs = -1 } },
        { "WarmupEpochs", o => o with { WarmupEpochs = double.PositiveInfinity } },
        { "LabelSmoothing", o => o with { LabelSmoothing = -0.1 } },
        { "LabelSmoothing", o => o with { LabelSmoothing = 1 } },
        { "Shift", o => o with { Augmentation = new() { Shift = -0.1 } } },
        { "Shift", o => o with { Augmentation = new() { Shift = 0.5 } } },
        { "ValidationFraction", o => o with { ValidationFraction = -0.1 } },
        { "ValidationFraction", o => o with { ValidationFraction = 1 } },
        { "PixelMemoryMegabytes", o => o with { PixelMemoryMegabytes = -1 } },
        { "MaxSkippedImages", o => o with { MaxSkippedImages = -1 } },
        { "Mean", o => o with { Mean = [0.5f, 0.5f] } },
        { "Mean", o => o with { Mean = [0.5f, 0.5f, -0.1f] } },
        { "Mean", o => o with { Mean = [0.5f, 0.5f, float.NaN] } },
        { "Mean", o => o with { Mean = [123.7f, 116.3f, 103.5f] } },
        { "StandardDeviation", o => o with { StandardDeviation = [0.2f, 0.2f, 0.2f, 0.2f] } },
        { "StandardDeviation", o => o with { StandardDeviation = [0.2f, 0, 0.2f] } },
        { "StandardDeviation", o => o with { StandardDeviation = [0.2f, 0.2f, float.PositiveInfinity] } },
        { "StandardDeviation", o => o with { StandardDeviation = [58.4f, 57.1f, 57.4f] } },
        { "WeightsKey", o => o with { WeightsKey = "state_dict" } },
        { "WeightsKey", o => o with { Weights = "a.pth", WeightsKey = "" } },
    };

    public static TheoryData<Func<ImageTrainingOptions, ImageTrainingOptions>> AtTheLimit => new()
    {
        o => o with { ImageSize = 8 },
        o => o with { Epochs = 1 },
        o => o with { MaxGradientNorm = 0 },
        o => o with { AverageDecay = 0 },
        o => o with { BatchSize = 2 },
        o => o with { Momentum = 0 },
        o => o with { WeightDecay = 0 },
        o => o with { WarmupEpochs = 0 },
        o => o with { LabelSmoothing = 0 },
        o => o with { Augmentation = new() { Shift = 0 } },
        o => o with { ValidationFraction = 0 },
        o => o with { PixelMemoryMegabytes = 0 },
        o => o with { PixelMemoryMegabytes = int.MaxValue },
        o => o with { MaxSkippedImages = 0 },
        o => o with { Seed = int.MinValue },
        o => o with { Mean = [0, 0.5f, 1], StandardDeviation = [0.004f, 0.5f, 1] },
        o => o with { Weights = "a.pth", WeightsKey = "." },
    };

    [Theory]
    [MemberData(nameof(OutOfRange), DisableDiscoveryEnumeration = true)]
    public void ImageClassifier_OptionOutOfRange_NamesItAtOnce(string name, Func<ImageTrainingOptions, ImageTrainingOptions> change)
    {
        var options = change(new ImageTrainingOptions());

        var error = Assert.Throws<OptionOutOfRangeException>(
            () => new MLContext(seed: 1).Transforms.ImageClassifier("resnet20", options));

        Assert.Equal(name, error.ParamName);
        Assert.StartsWith($"{name} must be ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(AtTheLimit), DisableDiscoveryEnumeration = true)]
    public void ImageClassifier_OptionAtItsLimit_IsTaken(Func<ImageTrainingOptions, ImageTrainingOptions> change)
    {
        var options = change(new ImageTrainingOptions());

        var error = Record.Exception(() => new MLContext(seed: 1).Transforms.ImageClassifier("resnet20", options));

        Assert.Null(error);
    }

    /// <summary>A number without a range would be taken whatever it is.</summary>
    [Theory]
    [InlineData(typeof(ImageTrainingOptions), nameof(ImageTrainingOptions.Seed))]
    [InlineData(typeof(AugmentationOptions))]
    [InlineData(typeof(LearningRateSweepOptions))]
    public void Numbers_OfAllOptions_HaveARange(Type record, params string[] free)
    {
        var numbers = record.GetProperties().Where(property =>
            (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) is { IsPrimitive: true } type
                && type != typeof(bool));

        var without = numbers.Where(number => number.GetCustomAttribute<NumberAttribute>() is null).Select(number => number.Name);

        Assert.Equal(free, without);
    }

    [Fact]
    public void ImageClassifier_EmptyLabelColumnName_Throws() => Assert.Throws<ArgumentException>(
        nameof(ImageTrainingOptions.LabelColumnName),
        () => new MLContext(seed: 1).Transforms.ImageClassifier("resnet20", new ImageTrainingOptions { LabelColumnName = " " }));

    [Fact]
    public void ImageClassifier_EmptyImageColumnName_Throws() => Assert.Throws<ArgumentException>(
        nameof(ImageTrainingOptions.ImageColumnName),
        () => new MLContext(seed: 1).Transforms.ImageClassifier("resnet20", new ImageTrainingOptions { ImageColumnName = "" }));
}
