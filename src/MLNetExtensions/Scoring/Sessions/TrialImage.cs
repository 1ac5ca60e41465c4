using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MLVision.MLNetExtensions.Images.Resizing;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Scoring.Sessions;

/// <summary>A grey image that a model scores before it is used: it must give probabilities, and the index of the best one.</summary>
/// <remarks>
/// One pass finds what no file's checks can: damaged weights, a graph that does not fit itself, and outputs that contradict each other. A
/// graph without <c>PredictedIndex</c>, which is of another program, is asked for its scores only.
/// </remarks>
internal static class TrialImage
{
    /// <summary>What each channel of the image is.</summary>
    public const byte Grey = 128;

    // Sums of 100,000 float probabilities are off by less than a tenth of this.
    private const float Tolerance = 1e-3f;

    /// <summary>Scores the image.</summary>
    /// <param name="session">The model.</param>
    /// <param name="model">Its name in error messages.</param>
    /// <exception cref="ModelFileException">What it gives cannot be true.</exception>
    /// <exception cref="ImageClassificationException">ONNX Runtime gave up, for example because the device lacks memory.</exception>
    public static void Try(ClassifierSession session, string model)
    {
        var classes = session.Metadata.Labels.Count;
        var size = session.Metadata.ImageSize;
        var pixels = GC.AllocateUninitializedArray<byte>(session.PixelBytes);
        pixels.AsSpan().Fill(Grey);
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [1, size, size, Rgb.Channels]);
        string[] ports = session.IndexPort is { } index ? [ClassifierModel.Score, index] : [ClassifierModel.Score];
        using var options = new RunOptions();
        IDisposableReadOnlyCollection<OrtValue> outputs;
        try
        {
            outputs = session.Session.Run(options, [session.PixelsPort], [input], ports);
        }
        catch (OnnxRuntimeException e)
        {
            throw SessionFault.Of(1, session.Device, e);
        }

        using (outputs)
        {
            var fault = !IsOf(outputs[0], TensorElementType.Float, classes) ? $"does not give {classes} scores for one image"
                : WhyNoProbabilities(outputs[0].GetTensorDataAsSpan<float>())
                    ?? (outputs.Count > 1 ? WhyNotTheBest(outputs[1], outputs[0].GetTensorDataAsSpan<float>()) : null);
            if (fault is not null)
            {
                throw new ModelFileException($"{model} {fault}; it is damaged, or not an image classifier of this product.");
            }
        }
    }

    /// <summary>Why scores of one image are no probabilities, as a predicate; null where they are.</summary>
    public static string? WhyNoProbabilities(ReadOnlySpan<float> scores)
    {
        if (!Decision.AreNumbers(scores))
        {
            return "gives scores of a grey image that are NaN or infinite";
        }

        var sum = 0.0;
        foreach (var score in scores)
        {
            if (score is < -Tolerance or > 1 + Tolerance)
            {
                return string.Create(CultureInfo.InvariantCulture, $"gives a grey image the score {score:G4}, which is no probability");
            }

            sum += score;
        }

        return Math.Abs(sum - 1) <= Tolerance ? null
            : string.Create(CultureInfo.InvariantCulture, $"gives scores of a grey image that sum to {sum:G4} instead of 1");
    }

    /// <summary>Of equal scores any may be taken for the best.</summary>
    private static string? WhyNotTheBest(OrtValue predicted, ReadOnlySpan<float> scores)
    {
        const string Port = ClassifierModel.PredictedIndex;
        if (!IsOf(predicted, TensorElementType.Int64, 1))
        {
            return $"does not give one {Port} for one image";
        }

        var index = predicted.GetTensorDataAsSpan<long>()[0];
        var best = Decision.Best(scores);
        return index < 0 || index >= scores.Length
            ? string.Create(CultureInfo.InvariantCulture, $"gives a grey image the {Port} {index}, and there are {scores.Length} classes")
            : scores[(int)index] < scores[best]
                ? string.Create(
                    CultureInfo.InvariantCulture, $"gives a grey image the {Port} {index}, although its largest score is {best}'s")
                : null;
    }

    private static bool IsOf(OrtValue output, TensorElementType type, long length) =>
        output.IsTensor && output.GetTensorTypeAndShape() is var shape && shape.ElementDataType == type && shape.Shape is [1, var width]
        && width == length;
}
