using System.Globalization;

namespace MLVision.Cli.Output.Tables;

/// <summary>A number and its noun, which has an s where there is not one.</summary>
internal static class Counted
{
    /// <summary>"1 image", "1,200 images", "0 classes" of "class".</summary>
    /// <param name="count">The number.</param>
    /// <param name="one">The noun for one.</param>
    public static string Of(int count, string one) => string.Create(
        CultureInfo.InvariantCulture, $"{count:#,0} {one}{(count == 1 ? "" : one.EndsWith('s') ? "es" : "s")}");
}
