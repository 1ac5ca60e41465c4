using Microsoft.Extensions.Logging;
using MLVision.MLNetExtensions.Quantization.Calibration;

namespace MLVision.MLNetExtensions.Quantization;

/// <summary>The log lines of quantising.</summary>
internal static partial class QuantizationLog
{
    [LoggerMessage(401, LogLevel.Information, "The float model classifies {accuracy:0.0000} of {images} correctly.")]
    public static partial void Before(ILogger logger, double accuracy, string images);

    [LoggerMessage(402, LogLevel.Information, "Ranges of {tensors} found on {images} by {method} in {seconds:0.0} s.")]
    public static partial void Calibrated(ILogger logger, string tensors, string images, CalibrationMethod method, double seconds);

    [LoggerMessage(
        403, LogLevel.Information, "With {floatLayers} of {layers} in float: {accuracy:0.0000}, a drop of {drop:0.00} points.")]
    public static partial void Scored(ILogger logger, int floatLayers, string layers, double accuracy, double drop);

    [LoggerMessage(404, LogLevel.Information, "The drop is too large; looking for the layers that hurt most, on {images}.")]
    public static partial void Ranking(ILogger logger, string images);

    [LoggerMessage(
        405, LogLevel.Warning,
        "One of {images} is worth {points:0.00} points, more than the drop allowed: the accuracies are rough. Give more images.")]
    public static partial void FewImages(ILogger logger, string images, double points);

    [LoggerMessage(406, LogLevel.Information, "The model does not know the classes of the {images}: no accuracy is measured.")]
    public static partial void Unlabelled(ILogger logger, string images);

    [LoggerMessage(
        407, LogLevel.Warning, "The model does not know the class of {unknown} of {images}, which count in no accuracy.")]
    public static partial void PartlyLabelled(ILogger logger, int unknown, string images);

    [LoggerMessage(408, LogLevel.Warning, "The images say nothing about the classes {classes}: there are none of them.")]
    public static partial void MissingClasses(ILogger logger, string classes);
}
