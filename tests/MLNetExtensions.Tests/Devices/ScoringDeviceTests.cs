using MLVision.MLNetExtensions.Devices;

namespace MLNetExtensions.Tests.Devices;

public sealed class ScoringDeviceTests
{
    [Theory]
    [InlineData("auto", ScoringDeviceKind.Auto, 0, "auto")]
    [InlineData("cpu", ScoringDeviceKind.Cpu, 0, "cpu")]
    [InlineData("CUDA", ScoringDeviceKind.Cuda, 0, "cuda:0")]
    [InlineData("cuda:3", ScoringDeviceKind.Cuda, 3, "cuda:3")]
    [InlineData("tensorrt:1", ScoringDeviceKind.TensorRt, 1, "tensorrt:1")]
    [InlineData("openvino", ScoringDeviceKind.OpenVino, 0, "openvino")]
    [InlineData("directml", ScoringDeviceKind.DirectMl, 0, "directml:0")]
    [InlineData("coreml", ScoringDeviceKind.CoreMl, 0, "coreml")]
    public void Parse_Name_GivesTheDevice(string text, ScoringDeviceKind kind, int index, string name)
    {
        var device = ScoringDevice.Parse(text);

        Assert.Equal(new ScoringDevice(kind, index), device);
        Assert.Equal(name, device.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("cpu:0")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:one")]
    [InlineData("cuda:0:1")]
    public void Parse_SomethingElse_ListsTheDevices(string text)
    {
        var error = Assert.Throws<FormatException>(() => ScoringDevice.Parse(text));

        Assert.StartsWith($"'{text}' is no device; expected auto, cpu, cuda:0, ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Default_IsAuto() => Assert.Equal(ScoringDevice.Auto, default);

    [Theory]
    [InlineData(ScoringDeviceKind.Cpu, 1)]
    [InlineData(ScoringDeviceKind.Cuda, -1)]
    public void Constructor_IndexWhereThereIsNone_Throws(ScoringDeviceKind kind, int index) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ScoringDevice(kind, index));
}
