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

    [Fact]
    public void Choose_CudaDeviceThatIsNotThere_SaysHowManyThereAre()
    {
        var count = torch.cuda.is_available() ? torch.cuda.device_count() : 0;

        var error = Assert.Throws<DeviceUnavailableException>(() => TrainingDevice.Choose(ComputeDevice.Cuda(count)));

        Assert.StartsWith($"Device 'cuda:{count}' is not there: {count} CUDA devices were found.", error.Message, StringComparison.Ordinal);
        Assert.Contains("TorchSharp-cuda-linux or TorchSharp-cuda-windows", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("-p:", error.Message, StringComparison.Ordinal);    // which only builds of this repository can give
    }
}
