using Microsoft.Extensions.Logging;

namespace Trainers.Weights;

/// <summary>The log lines of weights that a network starts from.</summary>
internal static partial class WeightsLog
{
    [LoggerMessage(LogLevel.Information, "Weights: {path}, {tensors} tensors.")]
    public static partial void Opened(ILogger logger, string path, int tensors);

    [LoggerMessage(LogLevel.Information, "These are the published {name}, for images resized to {resizeSize} and cut to {cropSize} pixels.")]
    public static partial void Published(ILogger logger, string name, int resizeSize, int cropSize);

    [LoggerMessage(LogLevel.Information, "Drawn at random, not taken from the weights: {layers}.")]
    public static partial void Drawn(ILogger logger, string layers);

    [LoggerMessage(LogLevel.Information, "The weights belong to another form of {asked}: {used} is built.")]
    public static partial void OtherForm(ILogger logger, string asked, string used);
}
