using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Native;
using MLVision.Trainers.Options;
using MLVision.Trainers.Training.Compute;
using TorchSharp;
using static TorchSharp.torch;

namespace Trainers.Tests.Training.Compute;

[Collection(ProcessState.Name)]
public sealed class ComputeSettingsTests
{
    private static readonly ImageTrainingOptions Options = new();

    [Theory]
    [InlineData(TrainingPrecision.Full, false)]
    [InlineData(TrainingPrecision.Mixed, true)]
    public void ChoosePrecision_Asked_IsGiven(TrainingPrecision asked, bool isMixed) =>
        Assert.Equal((isMixed, "as asked"), ComputeSettings.ChoosePrecision(asked, CPU));

    [Fact]
    public void ChoosePrecision_AutoOnTheCpu_IsMixedWhereItHasTheInstructions() =>
        Assert.Equal(CpuFeatures.HasBFloat16, ComputeSettings.ChoosePrecision(TrainingPrecision.Auto, CPU).IsMixed);

    [Fact]
    public void ChoosePrecision_AutoOnAGpu_IsMixed() =>
        Assert.True(ComputeSettings.ChoosePrecision(TrainingPrecision.Auto, new Device(DeviceType.CUDA, 0)).IsMixed);

    [Fact]
    public void Begin_Threads_AreSetAndPutBack()
    {
        var before = get_num_threads();
        var wanted = before == 1 ? 2 : 1;

        using (ComputeSettings.Begin(Options with { Threads = wanted }, CPU, new RecordingLogger()))
        {
            Assert.Equal(wanted, get_num_threads());
        }

        Assert.Equal(before, get_num_threads());
    }

    [Fact]
    public void Begin_Log_SaysHowIsComputed()
    {
        var logger = new RecordingLogger();

        using var settings = ComputeSettings.Begin(
            Options with { Precision = TrainingPrecision.Full, Threads = 1, ChannelsLast = false, KeepFreedMemory = false }, CPU, logger);

        Assert.Equal(
            "Computing on the CPU: float32 (as asked), channels first, 1 threads, freed memory given back at once.",
            Assert.Single(logger.Lines).Message);
        Assert.Same(EagerGraph.Plain, settings.Graph);
    }
}
