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
    [InlineData(TrainingPrecision.Strict, false)]
    public void ChoosePrecision_Asked_IsGiven(TrainingPrecision asked, bool isMixed) =>
        Assert.Equal((isMixed, "as asked"), ComputeSettings.ChoosePrecision(asked, CPU));

    [Fact]
    public void ChoosePrecision_AutoOnTheCpu_IsMixedWhereItHasTheInstructions() =>
        Assert.Equal(CpuFeatures.HasBFloat16, ComputeSettings.ChoosePrecision(TrainingPrecision.Auto, CPU).IsMixed);

    [Fact]
    public void ChoosePrecision_AutoOnAGpu_IsMixed() =>
        Assert.True(ComputeSettings.ChoosePrecision(TrainingPrecision.Auto, new Device(DeviceType.CUDA, 0)).IsMixed);

    // PyTorch's defaults, torch.backends.cudnn.allow_tf32 = True and torch.backends.cuda.matmul.allow_tf32 = False, are those of Full.
    [Theory]
    [InlineData(TrainingPrecision.Auto, true, true, "bfloat16 convolutions over float32 weights (the GPU's default)", "on")]
    [InlineData(TrainingPrecision.Mixed, true, true, "bfloat16 convolutions over float32 weights (as asked)", "on")]
    [InlineData(TrainingPrecision.Full, true, false, "float32 (as asked)", "in convolutions")]
    [InlineData(TrainingPrecision.Strict, false, false, "float32 (as asked)", "off")]
    public void Begin_OnAGpu_SetsTf32AndPutsItBack(
        TrainingPrecision asked, bool convolutions, bool products, string precision, string inWords)
    {
        var logger = new RecordingLogger();
        var before = (backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32);

        using (ComputeSettings.Begin(Options with { Precision = asked }, new Device(DeviceType.CUDA, 1), logger))
        {
            Assert.Equal((convolutions, products), (backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32));
        }

        Assert.Equal(before, (backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32));
        Assert.Equal($"Computing on cuda:1: {precision}, channels last, TF32 {inWords}.", Assert.Single(logger.Lines).Message);
    }

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
            "Computing on the CPU: float32 (as asked), channels first, 1 thread, freed memory given back at once.",
            Assert.Single(logger.Lines).Message);
        Assert.Same(EagerGraph.Plain, settings.Graph);
    }
}
