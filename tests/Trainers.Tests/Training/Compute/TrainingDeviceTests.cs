using MLVision.MLNetExtensions;
using MLVision.Trainers.Training.Compute;
using TorchSharp;

namespace Trainers.Tests.Training.Compute;

public sealed class TrainingDeviceTests
{
    [Fact]
    public void Choose_Cpu_IsTheCpu() => Assert.Equal(DeviceType.CPU, TrainingDevice.Choose("cpu").type);

    [Fact]
    public void Choose_Auto_IsCudaWhereThereIsOne()
    {
        var expected = torch.cuda.is_available() ? DeviceType.CUDA : DeviceType.CPU;

        var device = TrainingDevice.Choose("auto");

        Assert.Equal(expected, device.type);
    }

    [Theory]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:x")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:0:1")]
    [InlineData("cpu:0")]
    public void Choose_NoDevicesName_SaysWhatIsExpected(string name)
    {
        var error = Assert.Throws<ImageClassificationException>(() => TrainingDevice.Choose(name));

        Assert.Equal($"'{name}' is no device; expected auto, cpu, cuda or cuda:0.", error.Message);
    }

    [Fact]
    public void Choose_CudaDeviceThatIsNotThere_SaysHowManyThereAre()
    {
        var count = torch.cuda.is_available() ? torch.cuda.device_count() : 0;

        var error = Assert.Throws<ImageClassificationException>(() => TrainingDevice.Choose($"cuda:{count}"));

        Assert.StartsWith($"Device 'cuda:{count}' is not there: {count} CUDA devices were found.", error.Message, StringComparison.Ordinal);
    }
}
