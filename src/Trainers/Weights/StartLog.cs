using MLVision.MLNetExtensions.Words;
using Microsoft.Extensions.Logging;
using MLVision.Trainers.Models;
using MLVision.Trainers.Weights.Published;

namespace MLVision.Trainers.Weights;

/// <summary>What a training that starts from random weights is told: which weights there are, and what to expect without.</summary>
internal static partial class StartLog
{
    /// <summary>Below this many images, a network that has seen no others knows little of photographs.</summary>
    public const int FewImages = 1000;

    /// <summary>An architecture was named and no weights, not even none: says which there are.</summary>
    public static void Unasked(ILogger logger, ImageModel architecture)
    {
        var published = PublishedWeightsCatalog.For(architecture.Name).Select(weights => weights.Name).ToList();
        Unasked(logger, architecture.Name, published.Count > 0 ? string.Join(", ", published) : "none are published for it");
    }

    /// <summary>Warns if random weights are to learn from few images.</summary>
    public static void WarnIfFew(ILogger logger, ImageModel architecture, int images)
    {
        if (images < FewImages)
        {
            Few(logger, architecture.Name, Counted.Of(images, "image"), PublishedWeightsCatalog.Default.Name);
        }
    }

    [LoggerMessage(
        LogLevel.Information,
        "No weights are named, so {architecture} starts from random ones. To start from trained ones, name them as Weights (--weights): " +
        "{published}; a file or a model of yours; or leave the architecture out. The word none takes random ones without this hint.")]
    private static partial void Unasked(ILogger logger, string architecture, string published);

    [LoggerMessage(
        LogLevel.Warning,
        "{architecture} starts from random weights and has only {images} to learn from: of photographs it will learn little more " +
        "than colours, and half of its answers may be wrong. Weights that know photographs get by with so few: leave the architecture " +
        "out, or name {weights} or others as Weights (--weights).")]
    private static partial void Few(ILogger logger, string architecture, string images, string weights);
}
