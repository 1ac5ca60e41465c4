using System.Globalization;

namespace MLVision.Cli.Options;

/// <summary>Sizes of files as they are read: "605 bytes", "64 kB", "59.0 MB".</summary>
internal static class FileSize
{
    /// <summary>The size in units of 1000.</summary>
    public static string Of(long bytes) => bytes switch
    {
        1 => "1 byte",
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0} kB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
    };
}
