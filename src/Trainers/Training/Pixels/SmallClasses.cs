using System.Globalization;
using Microsoft.Extensions.Logging;

namespace MLVision.Trainers.Training.Pixels;

/// <summary>Warns of classes that have too few images to learn much from.</summary>
internal static partial class SmallClasses
{
    private const int Enough = 10;
    private const int MostNamed = 5;

    /// <summary>Logs a line that names the classes with one to nine images, if there are any.</summary>
    /// <param name="logger">Receives the line.</param>
    /// <param name="names">The classes' names.</param>
    /// <param name="labels">Class of each image.</param>
    public static void WarnOf(ILogger logger, IReadOnlyList<string> names, IReadOnlyList<int> labels)
    {
        var counts = labels.CountBy(label => label).Where(count => count.Value < Enough).OrderBy(count => count.Key).ToList();
        if (counts.Count > 0)
        {
            var named = counts.Take(MostNamed).Select(
                count => string.Create(CultureInfo.InvariantCulture, $"{names[count.Key]} ({count.Value})"));
            Few(logger, string.Join(", ", named) + (counts.Count > MostNamed ? ", …" : ""), Enough);
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Classes with fewer than {enough} images: {classes}. The model will confuse them easily; nothing helps as much as more images of " +
        "them.")]
    private static partial void Few(ILogger logger, string classes, int enough);
}
