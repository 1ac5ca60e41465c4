using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using MLNetExtensions.Onnx;
using MLNetExtensions.Quantization;

namespace MLNetExtensions;

/// <summary>Makes image classifiers smaller and faster: int8 with an accuracy gate, or weights of half precision.</summary>
/// <remarks>
/// What is written is an <c>.onnx</c> file with the ports, labels and metadata of the float one, and one metadata property more,
/// <c>quantization</c>; whatever scores the float file scores it. It appears whole or not at all.
/// </remarks>
public static class ImageClassifierQuantizer
{
    /// <summary>Makes a model whose convolutions and dense layers compute in int8.</summary>
    /// <remarks>
    /// Static quantisation: batch norm is folded into the weights, which become int8 by channel; activations become uint8, within ranges found
    /// on a sample of the images. Then both models label all the images. Where the int8 one loses more than
    /// <see cref="QuantizationOptions.MaxDropPoints"/>, its layers are ranked by the noise each brings into the scores, and those that
    /// bring most are put back to float, no more than needed. Accuracies are those of the CPU at hand, with ML.NET's exact pixels.
    /// </remarks>
    /// <param name="modelPath">A float model: an <c>.onnx</c> file or a <c>model.zip</c> of this product.</param>
    /// <param name="images">
    /// Labelled images as the model will meet them; <see cref="ImageFolder.Read"/> lists those of a folder. The more, the finer the gate:
    /// with fewer than 200, one image is over half a point.
    /// </param>
    /// <param name="outputPath">The <c>.onnx</c> file to write; may be <paramref name="modelPath"/>.</param>
    /// <param name="options">How; defaults where null.</param>
    /// <exception cref="ModelFileException">The model is missing, damaged, no image classifier of this product, or quantised already.</exception>
    /// <exception cref="ImageDataException">There are no images, the model does not know the label of one, or too many cannot be read.</exception>
    /// <exception cref="AccuracyDropException">Too much accuracy is lost even with as many layers in float as may be.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static QuantizationResult Quantize(
        string modelPath, IReadOnlyList<LabeledImage> images, string outputPath, QuantizationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        options ??= new QuantizationOptions();
        var model = Open(modelPath, outputPath, options);
        var pixels = new LabeledPixels(images, model.Metadata, options.MaxSkippedImages, ignoreOrientation: options.IgnoreOrientation);
        var before = ScoreFloat(model, pixels, options);
        var quantization = new Int8Quantization(model, pixels, before, options);
        var found = quantization.Run();
        var record = new QuantizationRecord
        {
            Weights = "int8",
            Calibration = options.Calibration.ToString().ToLowerInvariant(),
            Percentile = options.Calibration == CalibrationMethod.Percentile ? options.Percentile : null,
            CalibrationImages = quantization.CalibrationImages,
            Layers = quantization.Layers.Count,
            FloatLayers = found.FloatLayers,
        };
        return QuantizedFile.Write(outputPath, model, found.Model, record, new MeasuredAccuracy(pixels, before, found.Scores), options);
    }

    /// <summary>Halves the file: weights are stored in half precision, and computing stays in single precision.</summary>
    /// <param name="modelPath">A float model: an <c>.onnx</c> file or a <c>model.zip</c> of this product.</param>
    /// <param name="outputPath">The <c>.onnx</c> file to write; may be <paramref name="modelPath"/>.</param>
    /// <param name="images">Labelled images to measure and to gate the accuracy on; null measures nothing.</param>
    /// <param name="options">The gate and whom to tell; defaults where null. No layer is put back here: too large a drop is refused.</param>
    /// <inheritdoc cref="Quantize"/>
    public static QuantizationResult HalveWeights(
        string modelPath, string outputPath, IReadOnlyList<LabeledImage>? images = null, QuantizationOptions? options = null)
    {
        options ??= new QuantizationOptions();
        var model = Open(modelPath, outputPath, options);
        var pixels = images is null
            ? null
            : new LabeledPixels(images, model.Metadata, options.MaxSkippedImages, ignoreOrientation: options.IgnoreOrientation);
        var halved = HalfWeights.Convert(model.Model);
        var accuracy = pixels is null ? null : Measure(model, halved, pixels, options);
        return QuantizedFile.Write(outputPath, model, halved, new QuantizationRecord { Weights = "float16" }, accuracy, options);
    }

    /// <summary>Checks what can be checked before slow work.</summary>
    private static FloatModel Open(string modelPath, string outputPath, QuantizationOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(modelPath);
        ArgumentException.ThrowIfNullOrWhiteSpace(outputPath);
        options.Validate();
        var model = FloatModel.Load(modelPath);
        QuantizedFile.ThrowUnlessWritable(outputPath);
        return model;
    }

    private static MeasuredAccuracy Measure(FloatModel model, ModelProto halved, LabeledPixels pixels, QuantizationOptions options)
    {
        var accuracy = new MeasuredAccuracy(pixels, ScoreFloat(model, pixels, options), ModelScores.Of(halved, pixels, options));
        return !options.Gate || new AccuracyGate(options.MaxDropPoints, 0).Allows(accuracy.DropPoints)
            ? accuracy
            : throw new AccuracyDropException(
                "With weights of half precision the model loses " +
                string.Create(CultureInfo.InvariantCulture, $"{accuracy.DropPoints:0.##} points of accuracy, more than the {options.MaxDropPoints:0.##} allowed: ") +
                "allow a larger drop, leave the gate out, or keep the float model.",
                accuracy.DropPoints, []);
    }

    private static ModelScores ScoreFloat(FloatModel model, LabeledPixels pixels, QuantizationOptions options)
    {
        var logger = options.Logger ?? NullLogger.Instance;
        var scores = ModelScores.Of(model.Model, pixels, options);
        QuantizationLog.Before(logger, scores.MicroAccuracy, scores.Images);
        var pointsPerImage = 100.0 / scores.Images;
        if (options.Gate && pointsPerImage > options.MaxDropPoints)
        {
            QuantizationLog.FewImages(logger, scores.Images, pointsPerImage);
        }

        var missing = model.Metadata.Labels.Index().Where(label => !pixels.Labels.Contains(label.Index)).Select(label => label.Item).ToList();
        if (missing.Count > 0)
        {
            QuantizationLog.MissingClasses(logger, string.Join(", ", missing));
        }

        return scores;
    }
}
