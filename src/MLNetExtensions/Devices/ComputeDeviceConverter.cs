using System.ComponentModel;
using System.Globalization;

namespace MLVision.MLNetExtensions.Devices;

/// <summary>Converts a device from and to its name, for what knows types only at run time, such as configuration.</summary>
internal sealed class ComputeDeviceConverter : TypeConverter
{
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) =>
        sourceType == typeof(string) || base.CanConvertFrom(context, sourceType);

    public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        value is string text ? ComputeDevice.Parse(text) : base.ConvertFrom(context, culture, value);

    public override object? ConvertTo(ITypeDescriptorContext? context, CultureInfo? culture, object? value, Type destinationType) =>
        value is ComputeDevice device && destinationType == typeof(string)
            ? device.ToString()
            : base.ConvertTo(context, culture, value, destinationType);
}
