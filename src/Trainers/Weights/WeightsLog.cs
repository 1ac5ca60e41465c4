using Microsoft.Extensions.Logging;

namespace MLVision.Trainers.Weights;

/// <summary>The log lines of weights that a network starts from.</summary>
internal static partial class WeightsLog
{
    [LoggerMessage(LogLevel.Information, "Weights: {path}, {tensors}{where}.")]
    public static partial void Opened(ILogger logger, string path, string tensors, string where);

    [LoggerMessage(
        LogLevel.Information,
        "Several sets of weights in the file fit: {keys}. Those under '{taken}' are used{why}; WeightsKey (--weights-key) chooses " +
        "others.")]
    public static partial void Chosen(ILogger logger, string keys, string taken, string why);

    [LoggerMessage(LogLevel.Information, "Left out: {names}.")]
    public static partial void LeftOut(ILogger logger, string names);

    [LoggerMessage(
        LogLevel.Information,
            "Pixels are normalised by the mean {mean} and the standard deviation {deviation} of red, green and blue: {whose}.")]
    public static partial void Normalized(ILogger logger, string mean, string deviation, string whose);

    [LoggerMessage(
        LogLevel.Information,
        "The weights' last layer knows the classes {known}: kept for {kept}, begun anew for {begun}, dropped for {gone}.")]
    public static partial void HeadRows(ILogger logger, string known, string kept, string begun, string gone);

    [LoggerMessage(LogLevel.Information, "The weights' last layer knows the classes {known}: the same as here, so it goes on as it is.")]
    public static partial void SameHead(ILogger logger, string known);

    [LoggerMessage(
        LogLevel.Information, "These are the published {name}, for images resized to {resizeSize} and cut to {cropSize} pixels.")]
    public static partial void Published(ILogger logger, string name, int resizeSize, int cropSize);

    [LoggerMessage(LogLevel.Information, "Begun anew, not taken from the weights: {layers}.")]
    public static partial void BegunAnew(ILogger logger, string layers);

    [LoggerMessage(LogLevel.Information, "The weights belong to another form of {asked}: {used} is built.")]
    public static partial void OtherForm(ILogger logger, string asked, string used);
}
