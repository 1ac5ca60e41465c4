using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Scoring;

namespace MLNetExtensions.Tests.Scoring.Sessions;

public sealed class LanePlanTests
{
    [Fact]
    public void Of_Cpu_HasABatchForEachThread()
    {
        var plan = new ImageScoringOptions { Threads = 6 }.PlanOn(ComputeDevice.Cpu, 224);

        Assert.Equal((1, 6, 6, 6, 1, false), (plan.Capacity, plan.Lanes, plan.Runs, plan.Batches, plan.Readers, plan.PadsBatches));
    }

    [Theory]
    [InlineData("cuda:1", 64, 4)]
    [InlineData("tensorrt:0", 64, 4)]
    [InlineData("openvino", 16, 4)]
    [InlineData("directml:0", 16, 1)]
    public void Of_AnotherDevice_HasAFewBatchesThatAllThreadsRead(string device, int batch, int runs)
    {
        var plan = new ImageScoringOptions { Threads = 16 }.PlanOn(ComputeDevice.Parse(device), 224);

        Assert.Equal((batch, runs, runs + 2, 16, true), (plan.Capacity, plan.Runs, plan.Batches, plan.Readers, plan.PadsBatches));
        Assert.Equal(16 + runs, plan.Lanes);
    }

    [Fact]
    public void Of_BatchSizeGiven_IsTaken() =>
        Assert.Equal(7, new ImageScoringOptions { BatchSize = 7 }.PlanOn(ComputeDevice.Cuda(), 600).Capacity);

    /// <summary>64 images of 224 pixels have 3.2 million; more than twice that are too many. EfficientNet B0 to B7.</summary>
    [Theory]
    [InlineData(32, 64)]
    [InlineData(224, 64)]
    [InlineData(300, 64)]
    [InlineData(380, 32)]
    [InlineData(456, 16)]
    [InlineData(600, 16)]
    public void Of_LargeImages_HasSmallerBatches(int imageSize, int batch) =>
        Assert.Equal(batch, new ImageScoringOptions().PlanOn(ComputeDevice.Cuda(), imageSize).Capacity);
}
