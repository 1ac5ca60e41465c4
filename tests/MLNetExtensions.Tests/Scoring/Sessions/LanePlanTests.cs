using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Scoring;

namespace MLNetExtensions.Tests.Scoring.Sessions;

public sealed class LanePlanTests
{
    [Fact]
    public void Of_Cpu_HasABatchForEachThread()
    {
        var plan = new ImageScoringOptions { Threads = 6 }.PlanOn(ComputeDevice.Cpu);

        Assert.Equal((1, 6, 6, 6, 1, false), (plan.Capacity, plan.Lanes, plan.Runs, plan.Batches, plan.Readers, plan.PadsBatches));
    }

    [Theory]
    [InlineData("cuda:1", 64, 4)]
    [InlineData("tensorrt:0", 64, 4)]
    [InlineData("openvino", 16, 4)]
    [InlineData("directml:0", 16, 1)]
    public void Of_AnotherDevice_HasAFewBatchesThatAllThreadsRead(string device, int batch, int runs)
    {
        var plan = new ImageScoringOptions { Threads = 16 }.PlanOn(ComputeDevice.Parse(device));

        Assert.Equal((batch, runs, runs + 2, 16, true), (plan.Capacity, plan.Runs, plan.Batches, plan.Readers, plan.PadsBatches));
        Assert.Equal(16 + runs, plan.Lanes);
    }

    [Fact]
    public void Of_BatchSizeGiven_IsTaken() =>
        Assert.Equal(7, new ImageScoringOptions { BatchSize = 7 }.PlanOn(ComputeDevice.Cuda()).Capacity);
}
