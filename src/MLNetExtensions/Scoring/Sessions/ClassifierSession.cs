using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Resizing;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Scoring.Sessions;

/// <summary>
/// An image classifier in an ONNX Runtime session, its ports checked against what its metadata says: for who calls ONNX Runtime himself.
/// </summary>
/// <remarks>
/// Input: <see cref="PixelsPort"/>, uint8 [N, size, size, 3], as <see cref="ImageReader"/> reads it. Output: <c>Score</c>, float
/// [N, classes], and where the model has them <see cref="Outputs"/>; <see cref="SessionBatch"/> is memory for all. All else scores through
/// <c>ImageClassifier</c>.
/// </remarks>
public sealed class ClassifierSession : IDisposable
{
    private const int AnySize = -1;

    private ClassifierSession(InferenceSession session, ComputeDevice device, ClassifierMetadata metadata)
    {
        (Session, Device, Metadata) = (session, device, metadata);
        PixelsPort = session.InputNames[0];
        Outputs = OutputPorts.Among(session.OutputNames);
        IndexPort = IndexPortOf(session);
        Shapes = new BatchShapes(areFew: device.Kind != ComputeDeviceKind.Cpu);
    }

    /// <summary>The session; it ends with this object.</summary>
    public InferenceSession Session { get; }

    /// <summary>What the session runs on.</summary>
    public ComputeDevice Device { get; }

    /// <summary>Labels, architecture, input size and normalisation: what the model says of itself.</summary>
    public ClassifierMetadata Metadata { get; }

    /// <summary>Name of the input: Pixels in an ONNX file; a longer name in the model inside a zip.</summary>
    public string PixelsPort { get; }

    /// <summary>What the model gives beside scores.</summary>
    public ModelOutputs Outputs { get; }

    /// <summary>Name of the output of the best class's index, int64 [N, 1]; null in a model of another program that has none.</summary>
    internal string? IndexPort { get; }

    /// <summary>Bytes of one image: [size, size, 3].</summary>
    public int PixelBytes => Metadata.ImageSize * Metadata.ImageSize * Rgb.Channels;

    /// <summary>Of how many images its calls are.</summary>
    internal BatchShapes Shapes { get; private set; }

    /// <summary>Opens a model file.</summary>
    /// <param name="path">A <c>model.zip</c> or <c>model.onnx</c> of this product; the content decides, not the name.</param>
    /// <param name="wanted">What it shall run on; the best that is there where null.</param>
    /// <param name="threads">Threads of the CPU that compute one batch; at least 1.</param>
    /// <param name="logger">Hears which device is used and why; no one where null.</param>
    /// <exception cref="ModelFileException">The file is missing, damaged, or not an image classifier of this product.</exception>
    /// <exception cref="DeviceUnavailableException">The requested device does not exist or does not start.</exception>
    public static ClassifierSession Open(string path, ComputeDevice? wanted = null, int threads = 1, ILogger? logger = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        return Open(ModelContent.OfFile(path), wanted ?? ComputeDevice.Auto, threads, logger);
    }

    /// <summary>Opens a model, and scores a grey image to try it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="wanted">What it shall run on.</param>
    /// <param name="threads">Threads of the CPU that compute one batch; at least 1.</param>
    /// <param name="logger">Receives a line about the device that is used and why.</param>
    /// <exception cref="ModelFileException">The model is damaged, or not an image classifier of this product.</exception>
    /// <exception cref="DeviceUnavailableException">The requested device does not exist or does not start.</exception>
    internal static ClassifierSession Open(ModelContent model, ComputeDevice wanted, int threads = 1, ILogger? logger = null)
    {
        var session = OpenUntried(model, wanted, threads, logger);
        try
        {
            TrialImage.Try(session, model.ToString());
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Opens a model that was made in this process, or that the caller tries.</summary>
    /// <inheritdoc cref="Open(ModelContent, ComputeDevice, int, ILogger?)"/>
    internal static ClassifierSession OpenUntried(ModelContent model, ComputeDevice wanted, int threads = 1, ILogger? logger = null)
    {
        var opener = new SessionOpener(ExecutionProviders.Installed(), logger ?? NullLogger.Instance);
        InferenceSession session;
        ComputeDevice device;
        try
        {
            (session, device) = opener.Open(wanted, threads, model.OpenSession);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelFileException($"{model} {OnnxRefusal.NoModel}{ForeignError.InBrackets(e)}.", e);
        }

        try
        {
            var metadata = ClassifierModel.ReadMetadata(session.ModelMetadata.CustomMetadataMap, model.ToString());
            ThrowIfPortsDiffer(session, metadata, model);
            return new ClassifierSession(session, device, metadata);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The shape of an image's values of one of <see cref="Outputs"/>.</summary>
    internal int[] ShapeOf(ModelOutputs output) => Session.OutputMetadata[output.ToString()].Dimensions[1..];

    /// <summary>Throws unless the model gives what is asked for.</summary>
    /// <exception cref="ModelFileException">It does not.</exception>
    internal void Require(ModelOutputs asked, ModelContent model)
    {
        if (OutputPorts.Names(asked & ~Outputs).ToList() is { Count: > 0 } missing)
        {
            var outputs = string.Join(',', OutputPorts.Names(asked | Outputs)).ToLowerInvariant();
            throw new ModelFileException(
                $"{model} does not give {string.Join(" and ", missing)}: train it with --outputs {outputs}, or export it so with its own " +
                "file as weights" + (missing.Contains(nameof(ModelOutputs.Familiarity)) ? " and classes.safetensors beside that." : "."));
        }
    }

    /// <summary>Pads batches as for a GPU, whatever the device.</summary>
    internal void PadBatches() => Shapes = new BatchShapes(areFew: true);

    /// <summary>Ends the session.</summary>
    public void Dispose() => Session.Dispose();

    private static void ThrowIfPortsDiffer(InferenceSession session, ClassifierMetadata metadata, ModelContent model)
    {
        var pixels = session.InputMetadata.Count == 1 ? session.InputMetadata.Values.Single() : null;
        var scores = session.OutputMetadata.GetValueOrDefault(ClassifierModel.Score);
        if (!Is(pixels, TensorElementType.UInt8, AnySize, metadata.ImageSize, metadata.ImageSize, Rgb.Channels)
            || !Is(scores, TensorElementType.Float, AnySize, metadata.Labels.Count))
        {
            throw new ModelFileException(
                $"{model} is not an image classifier of this product: expected one input of bytes [N, {metadata.ImageSize}, " +
                $"{metadata.ImageSize}, 3] " +
                $"and an output Score of floats [N, {metadata.Labels.Count}].");
        }

        if (IndexPortOf(session) is { } index && !Is(session.OutputMetadata[index], TensorElementType.Int64, AnySize, 1))
        {
            throw new ModelFileException(
                $"{model} is not an image classifier of this product: " +
                $"its output {ClassifierModel.PredictedIndex} is not one of int64 [N, 1].");
        }

        foreach (var output in OutputPorts.Each(OutputPorts.Among(session.OutputNames)))
        {
            if (session.OutputMetadata[output.ToString()] is not { IsTensor: true, Dimensions: [AnySize, .. var shape] } port
                || port.ElementDataType != TensorElementType.Float
                || shape.Length != OutputPorts.RankOf(output) || shape.Any(length => length < 1))
            {
                throw new ModelFileException(
                    $"{model} is not an image classifier of this product: its output {output} is not one of floats, some for each image.");
            }
        }
    }

    private static string? IndexPortOf(InferenceSession session) =>
        session.OutputNames.FirstOrDefault(name => name is ClassifierModel.PredictedIndex or StockChain.Index);

    private static bool Is(NodeMetadata? port, TensorElementType type, params ReadOnlySpan<int> dimensions) =>
        port is { IsTensor: true } && port.ElementDataType == type && dimensions.SequenceEqual(port.Dimensions);
}
