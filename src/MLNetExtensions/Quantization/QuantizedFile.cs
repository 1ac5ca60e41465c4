using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization.Accuracy;
using MLVision.MLNetExtensions.Quantization.Calibration;
using MLVision.MLNetExtensions.Quantization.Graph;

namespace MLVision.MLNetExtensions.Quantization;

/// <summary>The file that a quantised model is written to.</summary>
internal static class QuantizedFile
{
    /// <summary>Writes the model with its metadata and returns the result.</summary>
    /// <param name="path">The file.</param>
    /// <param name="before">The float model.</param>
    /// <param name="model">The quantised model; receives the metadata.</param>
    /// <param name="record">How it was made, without the measurements.</param>
    /// <param name="accuracy">The measured accuracy, or null.</param>
    /// <param name="images">The images, or null.</param>
    /// <param name="options">The options, which say whether there was a gate.</param>
    /// <param name="cancellationToken">Checked before the file is written.</param>
    /// <exception cref="ModelFileException">The model's scores are NaN or infinite.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static QuantizationResult Write(
        string path, FloatModel before, ModelProto model, QuantizationRecord record, MeasuredAccuracy? accuracy, LabeledPixels? images,
        QuantizationOptions options, CancellationToken cancellationToken)
    {
        accuracy?.After.ThrowUnlessNumbers("The quantised model");
        record = record with
        {
            Images = accuracy?.Before.Images,
            MicroAccuracyBefore = accuracy?.Before.MicroAccuracy,
            MicroAccuracyAfter = accuracy?.After.MicroAccuracy,
            MaxDropPoints = accuracy is not null && options.Gate ? options.MaxDropPoints : null,
        };
        record.WriteTo(model, before.Model);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            AtomicFile.Write(path, stream => OnnxDigest.Write(model, stream));
        }
        catch (Exception e) when (AtomicFile.WhyNotWritten(e) is { } reason)
        {
            throw new IOException($"The output file '{path}' cannot be written: {reason}.", e);
        }

        return new QuantizationResult
        {
            SizeBefore = before.Size,
            SizeAfter = new FileInfo(path).Length,
            Images = accuracy?.Before.Images ?? 0,
            Skipped = images?.Skipped ?? [],
            MicroAccuracyBefore = record.MicroAccuracyBefore,
            MicroAccuracyAfter = record.MicroAccuracyAfter,
            Layers = record.Layers ?? 0,
            FloatLayers = record.FloatLayers ?? [],
        };
    }
}
