using System.Globalization;

namespace MLVision.MLNetExtensions.Words;

/// <summary>A number and its noun in messages, right for one, too.</summary>
internal static class Counted
{
    /// <summary>"1 image", "1,200 images", "0 classes" of "class".</summary>
    /// <param name="count">The number.</param>
    /// <param name="one">The noun for one.</param>
    public static string Of(long count, string one) => Of(count, one, one + (one.EndsWith('s') ? "es" : "s"));

    /// <summary>The number and one of two phrases.</summary>
    public static string Of(long count, string one, string many) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:#,0} {(count == 1 ? one : many)}");
}
