using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Devices;
using MLVision.Trainers.Training.Compute;
using TorchSharp;

namespace Trainers.Tests.Training.Compute;

public sealed class TrainingDeviceTests
{
    [Fact]
    public void Choose_Cpu_IsTheCpu() => Assert.Equal(DeviceType.CPU, TrainingDevice.Choose(ComputeDevice.Cpu).type);

    [Fact]
    public void Choose_Auto_IsCudaWhereThereIsOne()
    {
        var expected = torch.cuda.is_available() ? DeviceType.CUDA : DeviceType.CPU;

        var device = TrainingDevice.Choose(ComputeDevice.Auto);

        Assert.Equal(expected, device.type);
    }

    [Theory]
    [InlineData("auto", 0, "cpu")]
    [InlineData("auto", 2, "cuda:0")]
    [InlineData("cpu", 2, "cpu")]
    [InlineData("cuda", 2, "cuda:0")]
    [InlineData("cuda:1", 2, "cuda:1")]
    public void Choose_SeveralGpus_IsTheOneAskedFor(string wanted, int count, string expected) =>
        Assert.Equal(expected, TrainingDevice.Choose(ComputeDevice.Parse(wanted), count).ToString());

    [Fact]
    public void Choose_GpuThatIsNotThere_ListsWhatIs()
    {
        var error = Assert.Throws<DeviceUnavailableException>(() => TrainingDevice.Choose(ComputeDevice.Cuda(3), count: 2));

        Assert.Equal("cuda:3 is not there; this machine has cpu, cuda:0, cuda:1.", error.Message);
    }

    [Fact]
    public void Choose_NoGpu_SaysWhatCudaNeeds()
    {
        var error = Assert.Throws<DeviceUnavailableException>(() => TrainingDevice.Choose(ComputeDevice.Cuda(), count: 0));

        Assert.StartsWith(
            "cuda:0 is not there; this machine has cpu. CUDA needs an NVIDIA driver, ", error.Message, StringComparison.Ordinal);
        Assert.Contains("TorchSharp-cuda-linux or TorchSharp-cuda-windows", error.Message, StringComparison.Ordinal);
        Assert.Contains("MLVISION_LIBTORCH", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("-p:", error.Message, StringComparison.Ordinal);    // which only builds of this repository can give
    }
}
