using MLVision.MLNetExtensions.Devices;

namespace MLNetExtensions.Tests.Devices;

public sealed class PresentDevicesTests
{
    [Fact]
    public void Of_NothingElseInstalled_IsTheCpu() =>
        Assert.Equal("cpu", PresentDevices.InWords(PresentDevices.Of(_ => false, _ => true)));

    [Fact]
    public void Of_MachineWithTwoCards_ListsBoth()
    {
        var devices = PresentDevices.Of(
            kind => kind is ComputeDeviceKind.Cuda or ComputeDeviceKind.TensorRt,
            device => device.Kind == ComputeDeviceKind.Cuda && device.Index < 2);

        Assert.Equal("one of cpu, cuda:0, cuda:1", PresentDevices.InWords(devices));
    }

    [Fact]
    public void Of_KindWithoutNumbers_IsListedOnce() =>
        Assert.Equal([ComputeDevice.Cpu, ComputeDevice.OpenVino], PresentDevices.Of(kind => kind == ComputeDeviceKind.OpenVino, _ => true));
}
