using System.Globalization;
using MLVision.MLNetExtensions.Words;
using Microsoft.Extensions.Logging.Abstractions;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Folders;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization.Accuracy;
using MLVision.MLNetExtensions.Quantization.Calibration;
using MLVision.MLNetExtensions.Quantization.Graph;

namespace MLVision.MLNetExtensions.Quantization;

/// <summary>Makes image classifiers smaller and faster: int8 with an accuracy gate, or half precision.</summary>
/// <remarks>
/// The result is an <c>.onnx</c> file with the inputs, outputs, labels and metadata of the float model, and the additional metadata
/// property <c>quantization</c>. Everything that scores the float file scores it. The file is written completely or not at all.
/// </remarks>
public static class ImageClassifierQuantizer
{
    /// <summary>Makes a model whose convolutions and dense layers compute in int8.</summary>
    /// <remarks>
    /// Static quantisation: batch norm is folded into the weights, which become int8 with a scale per channel; activations become uint8,
    /// within ranges found on a sample of the images. Then both models label all the images. If the int8 model loses more than <see
    /// cref="QuantizationOptions.MaxDropPoints"/>, its layers are ranked by the noise that each adds to the scores, and the noisiest are
    /// put back to float, no more than needed. Accuracies are measured on this machine's CPU, with ML.NET's exact pixels.
    /// </remarks>
    /// <param name="modelPath">A float model: an <c>.onnx</c> file or a <c>model.zip</c> of this product.</param>
    /// <param name="images">
    /// Labelled images like those that the model will score; <see cref="ImageFolder.Read"/> lists those of a folder. More images make the
    /// gate finer: with fewer than 200, one image is more than half a point. If <see cref="QuantizationOptions.Gate"/> is off, images
    /// without a label, or of classes that the model does not know, are used for calibration but not for accuracy.
    /// </param>
    /// <param name="outputPath">The <c>.onnx</c> file to write; may be <paramref name="modelPath"/>.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">Stops between images; nothing is written then.</param>
    /// <exception cref="ModelFileException">
    /// The model is missing, damaged, not an image classifier of this product, or quantised already.
    /// </exception>
    /// <exception cref="ImageDataException">
    /// There are no images, too many are unreadable, or the gate is on and the model does not know the label of one.
    /// </exception>
    /// <exception cref="AccuracyDropException">Too much accuracy is lost even with the most float layers allowed.</exception>
    /// <exception cref="ImageClassificationException"><paramref name="outputPath"/> has the ending of another format.</exception>
    /// <exception cref="OptionOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <example>
    /// <code>
    /// var result = ImageClassifierQuantizer.Quantize("model.onnx", ImageFolder.Read("flowers"), "model.int8.onnx");
    /// Console.WriteLine($"{result.DropPoints:0.0} points lost, {result.SizeAfter} bytes");
    /// </code>
    /// </example>
    public static QuantizationResult Quantize(
        string modelPath, IReadOnlyList<LabeledImage> images, string outputPath, QuantizationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        options ??= new QuantizationOptions();
        var model = Open(modelPath, outputPath, options);
        var pixels = Pixels(images, model, options);
        var before = ScoreFloat(model, pixels, options, cancellationToken);
        var quantization = new Int8Quantization(model, pixels, before, options, cancellationToken);
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
        var accuracy = before is not null && found.Scores is { } after ? new MeasuredAccuracy(before, after) : null;
        return QuantizedFile.Write(outputPath, model, found.Model, record, accuracy, pixels, options, cancellationToken);
    }

    /// <summary>Makes a model whose convolutions and dense layers compute in int8, from images without labels.</summary>
    /// <remarks>Like <see cref="Quantize"/> without the gate: ranges are found, but the loss of accuracy is not measured.</remarks>
    /// <param name="modelPath">A float model: an <c>.onnx</c> file or a <c>model.zip</c> of this product.</param>
    /// <param name="imagePaths">Image files like those that the model will score.</param>
    /// <param name="outputPath">The <c>.onnx</c> file to write; may be <paramref name="modelPath"/>.</param>
    /// <param name="options">The options; null for the defaults. Those of the gate have no effect here.</param>
    /// <param name="cancellationToken">Stops between images; nothing is written then.</param>
    /// <exception cref="ModelFileException">
    /// The model is missing, damaged, not an image classifier of this product, or quantised already.
    /// </exception>
    /// <exception cref="ImageDataException">There are no images, or too many are unreadable.</exception>
    /// <exception cref="ImageClassificationException"><paramref name="outputPath"/> has the ending of another format.</exception>
    /// <exception cref="OptionOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static QuantizationResult QuantizeUnlabeled(
        string modelPath, IReadOnlyList<string> imagePaths, string outputPath, QuantizationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(imagePaths);
        LabeledImage[] images = [.. imagePaths.Select(path => new LabeledImage { ImagePath = path })];
        return Quantize(modelPath, images, outputPath, (options ?? new QuantizationOptions()) with { Gate = false }, cancellationToken);
    }

    /// <summary>Makes a model of half the size that computes in half precision where the device does.</summary>
    /// <remarks>
    /// Batch norm is folded into the weights, which become fp16, and so do the activations between the normalised pixels and the last
    /// layer; that and the softmax stay in float, as do inputs and outputs. It is for GPUs: a CPU computes in float, and is no faster. A
    /// layer whose weights fp16 cannot hold stays in float, and a model whose activations exceed fp16 is refused. The accuracy is measured
    /// on this machine's CPU.
    /// </remarks>
    /// <param name="modelPath">A float model: an <c>.onnx</c> file or a <c>model.zip</c> of this product.</param>
    /// <param name="outputPath">The <c>.onnx</c> file to write; may be <paramref name="modelPath"/>.</param>
    /// <param name="images">
    /// Labelled images for the accuracy and its gate; null measures nothing. If <see cref="QuantizationOptions.Gate"/> is on, images of
    /// classes that the model does not know are refused; if it is off, they do not count.
    /// </param>
    /// <param name="options">The gate and the logger; null for the defaults. No layer is put back here: too large a drop is
    /// refused.</param>
    /// <param name="cancellationToken">Stops between images; nothing is written then.</param>
    /// <inheritdoc cref="Quantize" path="/exception"/>
    /// <example>
    /// <code>ImageClassifierQuantizer.HalveWeights("model.onnx", "model.fp16.onnx", ImageFolder.Read("flowers"));</code>
    /// </example>
    public static QuantizationResult HalveWeights(
        string modelPath, string outputPath, IReadOnlyList<LabeledImage>? images = null, QuantizationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new QuantizationOptions();
        var model = Open(modelPath, outputPath, options);
        var pixels = images is null ? null : Pixels(images, model, options);
        var halved = HalfPrecision.Convert(model.Model);
        ProbeScores.ThrowUnlessNumbers(halved);
        var accuracy = pixels is null ? null : Measure(model, halved, pixels, options, cancellationToken);
        return QuantizedFile.Write(
            outputPath, model, halved, new QuantizationRecord { Weights = "float16" }, accuracy, pixels, options, cancellationToken);
    }

    /// <summary>Makes the checks that are possible before slow work.</summary>
    private static FloatModel Open(string modelPath, string outputPath, QuantizationOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(modelPath);
        ArgumentException.ThrowIfNullOrWhiteSpace(outputPath);
        options.Validate();
        OutputFile.ThrowUnlessNamed(outputPath, ClassifierModel.Ending);
        var model = FloatModel.Load(modelPath);
        OutputFile.ThrowUnlessWritable(outputPath, ClassifierModel.Ending);
        return model;
    }

    private static LabeledPixels Pixels(IReadOnlyList<LabeledImage> images, FloatModel model, QuantizationOptions options)
    {
        var pixels = new LabeledPixels(
            images, model.Metadata, options.MaxSkippedImages, takesUnknownClasses: !options.Gate,
            ignoreOrientation: options.IgnoreOrientation);
        var logger = options.Logger ?? NullLogger.Instance;
        if (pixels.Labelled.Count == 0)
        {
            QuantizationLog.Unlabelled(logger, Counted.Of(pixels.Count, "image"));
        }
        else if (pixels.Labelled.Count < pixels.Count)
        {
            QuantizationLog.PartlyLabelled(logger, pixels.Count - pixels.Labelled.Count, Counted.Of(pixels.Count, "image"));
        }

        return pixels;
    }

    private static MeasuredAccuracy? Measure(
        FloatModel model, ModelProto halved, LabeledPixels pixels, QuantizationOptions options, CancellationToken cancellationToken)
    {
        if (ScoreFloat(model, pixels, options, cancellationToken) is not { } before)
        {
            return null;
        }

        var accuracy = new MeasuredAccuracy(before, ModelScores.Of(halved, pixels, options.Threads, cancellationToken));
        return !options.Gate || new AccuracyGate(options.MaxDropPoints, 0).Allows(accuracy.DropPoints)
            ? accuracy
            : throw new AccuracyDropException(
                "In half precision the model loses " +
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{accuracy.DropPoints:0.##} points of accuracy, more than the {options.MaxDropPoints:0.##} allowed: ") +
                "allow a larger drop, turn the gate off, or keep the float model.",
                accuracy.DropPoints, []);
    }

    /// <summary>The scores of the labelled images, or null if none can be read.</summary>
    private static ModelScores? ScoreFloat(
        FloatModel model, LabeledPixels pixels, QuantizationOptions options, CancellationToken cancellationToken)
    {
        var logger = options.Logger ?? NullLogger.Instance;
        var scores = ModelScores.Of(model.Model, pixels, options.Threads, cancellationToken);
        if (scores.Images == 0)
        {
            return null;
        }

        scores.ThrowUnlessNumbers("The float model");
        QuantizationLog.Before(logger, scores.MicroAccuracy, Counted.Of(scores.Images, "image"));
        var pointsPerImage = 100.0 / scores.Images;
        if (options.Gate && pointsPerImage > options.MaxDropPoints)
        {
            QuantizationLog.FewImages(logger, Counted.Of(scores.Images, "image"), pointsPerImage);
        }

        var seen = pixels.Labelled.Select(image => pixels.Labels[image]).ToHashSet();
        var missing = model.Metadata.Labels.Index().Where(label => !seen.Contains(label.Index)).Select(label => label.Item).ToList();
        if (missing.Count > 0)
        {
            QuantizationLog.MissingClasses(logger, string.Join(", ", missing));
        }

        return scores;
    }
}
