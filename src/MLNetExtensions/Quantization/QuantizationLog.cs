using Microsoft.Extensions.Logging;
using MLVision.MLNetExtensions.Quantization.Calibration;

namespace MLVision.MLNetExtensions.Quantization;

/// <summary>The log lines of quantising.</summary>
internal static partial class QuantizationLog
{
    [LoggerMessage(401, LogLevel.Information, "The float model classifies {accuracy:0.0000} of {images} images correctly.")]
    public static partial void Before(ILogger logger, double accuracy, int images);

    [LoggerMessage(402, LogLevel.Information, "Ranges of {tensors} activations found on {images} images by {method} in {seconds:0.0} s.")]
    public static partial void Calibrated(ILogger logger, int tensors, int images, CalibrationMethod method, double seconds);

    [LoggerMessage(
        403, LogLevel.Information, "With {floatLayers} of {layers} layers in float: {accuracy:0.0000}, a drop of {drop:0.00} points.")]
    public static partial void Scored(ILogger logger, int floatLayers, int layers, double accuracy, double drop);

    [LoggerMessage(404, LogLevel.Information, "The drop is too large; looking for the layers that hurt most, on {images} images.")]
    public static partial void Ranking(ILogger logger, int images);

    [LoggerMessage(
        405, LogLevel.Warning,
        "One of {images} images is worth {points:0.00} points, more than the drop allowed: the accuracies are rough. Give more images.")]
    public static partial void FewImages(ILogger logger, int images, double points);

    [LoggerMessage(406, LogLevel.Information, "The model knows the class of none of the {images} images: no accuracy is measured.")]
    public static partial void Unlabelled(ILogger logger, int images);

    [LoggerMessage(
        407, LogLevel.Warning, "{unknown} of {images} images are of classes that the model does not know: they count in no accuracy.")]
    public static partial void PartlyLabelled(ILogger logger, int unknown, int images);

    [LoggerMessage(408, LogLevel.Warning, "The images say nothing about the classes {classes}: there are none of them.")]
    public static partial void MissingClasses(ILogger logger, string classes);
}
