using System.CommandLine;
using MLVision.Cli;
using MLVision.Cli.Options;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Options;

namespace Cli.Tests.Options;

public sealed class TrainingFlagsTests
{
    [Fact]
    public void Read_NothingGiven_IsTheLibrarysDefaults() => Assert.Equal(new ImageTrainingOptions(), Read());

    public static TheoryData<string[], Func<ImageTrainingOptions, ImageTrainingOptions>> Given => new()
    {
        { ["--preset", "best"], o => o with { Preset = TrainingPreset.Best } },
        { ["--weights", "a.pth"], o => o with { Weights = "a.pth" } },
        { ["--weights-key", "ema"], o => o with { WeightsKey = "ema" } },
        { ["--replace-head"], o => o with { ReplaceHead = true } },
        { ["--add-classes"], o => o with { AddClasses = true } },
        { ["--class-memory", "c.safetensors"], o => o with { ClassMemoryPath = "c.safetensors" } },
        { ["--remembered-images", "8"], o => o with { RememberedImages = 8 } },
        { ["--fine-tune", "head"], o => o with { FineTuning = FineTuning.HeadOnly } },
        { ["--epochs", "3"], o => o with { Epochs = 3 } },
        { ["--rate-decay-per-block", "0.5"], o => o with { RateDecayPerBlock = 0.5 } },
        { ["--unfreeze-batch-norm"], o => o with { FreezeBatchNorm = false } },
        { ["--batch-size", "8"], o => o with { BatchSize = 8 } },
        { ["--learning-rate", "0.5"], o => o with { LearningRate = 0.5 } },
        { ["--augmentation", "light"], o => o with { Augmentation = AugmentationOptions.Light } },
        { ["--ema", "0.9"], o => o with { AverageDecay = 0.9 } },
        { ["--class-balance", "weighted-loss"], o => o with { ClassBalance = ClassBalance.WeightedLoss } },
        { ["--precision", "fp32"], o => o with { Precision = TrainingPrecision.Full } },
        { ["--device", "cuda"], o => o with { Device = ComputeDevice.Cuda() } },
        { ["--device", "cuda:1"], o => o with { Device = ComputeDevice.Cuda(1) } },
        { ["--threads", "2"], o => o with { Threads = 2 } },
        { ["--pixel-memory", "0"], o => o with { PixelMemoryMegabytes = 0 } },
        { ["--outputs", "embedding"], o => o with { Outputs = ModelOutputs.Embedding } },
        { ["--outputs", "heat,familiarity"], o => o with { Outputs = ModelOutputs.Heat | ModelOutputs.Familiarity } },
        { ["--ignore-orientation"], o => o with { IgnoreOrientation = true } },
    };

    [Theory]
    [MemberData(nameof(Given), DisableDiscoveryEnumeration = true)]
    public void Read_Flag_SetsItsOptionAlone(string[] flag, Func<ImageTrainingOptions, ImageTrainingOptions> expected) =>
        Assert.Equal(expected(new ImageTrainingOptions()), Read(flag));

    [Fact]
    public void Read_UnknownOutput_NamesTheKnownOnes()
    {
        var parsed = Verbs.Create().Parse(["train", "--data", "d", "--out", "o", "--outputs", "heat,logits"]);

        Assert.Equal(
            "--outputs has 'logits'; expected some of embedding,heat,familiarity, with commas between them.",
            Assert.Single(parsed.Errors).Message);
    }

    [Fact]
    public void Read_Mean_IsOneNumberForEachColour() => Assert.Equal([0.5f, 0.4f, 0.3f], Read("--mean", "0.5,0.4,0.3").Mean);

    private static ImageTrainingOptions Read(params string[] flags)
    {
        var parsed = Verbs.Create().Parse(["train", "--data", "d", "--arch", "a", "--out", "o", .. flags]);
        Assert.Empty(parsed.Errors);
        return TrainingFlags.Read(parsed);
    }
}
