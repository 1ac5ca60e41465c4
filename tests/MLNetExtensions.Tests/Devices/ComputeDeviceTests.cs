using System.ComponentModel;
using System.Globalization;
using MLVision.MLNetExtensions.Devices;

namespace MLNetExtensions.Tests.Devices;

public sealed class ComputeDeviceTests
{
    [Theory]
    [InlineData("auto", ComputeDeviceKind.Auto, 0, "auto")]
    [InlineData("cpu", ComputeDeviceKind.Cpu, 0, "cpu")]
    [InlineData("CUDA", ComputeDeviceKind.Cuda, 0, "cuda:0")]
    [InlineData("cuda:3", ComputeDeviceKind.Cuda, 3, "cuda:3")]
    [InlineData("tensorrt:1", ComputeDeviceKind.TensorRt, 1, "tensorrt:1")]
    [InlineData("openvino", ComputeDeviceKind.OpenVino, 0, "openvino")]
    [InlineData("directml", ComputeDeviceKind.DirectMl, 0, "directml:0")]
    [InlineData("coreml", ComputeDeviceKind.CoreMl, 0, "coreml")]
    public void Parse_Name_GivesTheDevice(string text, ComputeDeviceKind kind, int index, string name)
    {
        var device = ComputeDevice.Parse(text);

        Assert.Equal(new ComputeDevice(kind, index), device);
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
        var error = Assert.Throws<FormatException>(() => ComputeDevice.Parse(text));

        Assert.StartsWith($"'{text}' is not a device; expected auto, cpu, cuda:0, ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Factories_EachKind_GiveWhatParseReads() => Assert.Equal(
        [
            ComputeDevice.Parse("cpu"), ComputeDevice.Parse("cuda:2"), ComputeDevice.Parse("tensorrt:0"), ComputeDevice.Parse("directml:1"),
            ComputeDevice.Parse("openvino"), ComputeDevice.Parse("coreml"),
        ],
        [
            ComputeDevice.Cpu, ComputeDevice.Cuda(2), ComputeDevice.TensorRt(), ComputeDevice.DirectMl(1), ComputeDevice.OpenVino,
            ComputeDevice.CoreMl,
        ]);

    [Fact]
    public void TypeConverter_Name_IsReadAndWritten()
    {
        var converter = TypeDescriptor.GetConverter(typeof(ComputeDevice));

        Assert.Equal(ComputeDevice.Cuda(1), converter.ConvertFromInvariantString("cuda:1"));
        Assert.Equal("cuda:1", converter.ConvertToInvariantString(ComputeDevice.Cuda(1)));
        Assert.Throws<FormatException>(() => converter.ConvertFromInvariantString("gpu"));
    }

    [Fact]
    public void IParsable_Name_IsRead()
    {
        Assert.Equal(ComputeDevice.OpenVino, Parse<ComputeDevice>("openvino"));
        Assert.False(TryParse<ComputeDevice>("gpu"));

        static T Parse<T>(string text)
            where T : IParsable<T> => T.Parse(text, CultureInfo.InvariantCulture);

        static bool TryParse<T>(string text)
            where T : IParsable<T> => T.TryParse(text, CultureInfo.InvariantCulture, out _);
    }

    [Fact]
    public void Default_IsAuto() => Assert.Equal(ComputeDevice.Auto, default);

    [Theory]
    [InlineData(ComputeDeviceKind.Cpu, 1)]
    [InlineData(ComputeDeviceKind.Cuda, -1)]
    public void Constructor_IndexWhereThereIsNone_Throws(ComputeDeviceKind kind, int index) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ComputeDevice(kind, index));
}
