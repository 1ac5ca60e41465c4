using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Onnx;
using MLVision.Trainers.Preprocessing;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Tests.Onnx;

/// <summary>A network as the ONNX file it is exported to, and that file in ONNX Runtime beside the network in torch.</summary>
internal sealed class ExportedClassifier : IDisposable
{
    private readonly Module<Tensor, Tensor> _network;
    private readonly int _imageSize;

    public ExportedClassifier(Module<Tensor, Tensor> network, int imageSize, int classes)
    {
        _network = network;
        _imageSize = imageSize;
        Session = new InferenceSession(Bytes(network, Metadata(imageSize, classes)));
    }

    public InferenceSession Session { get; }

    public static ClassifierMetadata Metadata(int imageSize, int classes) => new()
    {
        Architecture = "test",
        Labels = [.. Enumerable.Range(0, classes).Select(i => $"class {i}")],
        ImageSize = imageSize,
        Mean = Normalization.ImageNet.Mean,
        StandardDeviation = Normalization.ImageNet.StandardDeviation,
    };

    public static byte[] Bytes(Module<Tensor, Tensor> network, ClassifierMetadata metadata)
    {
        byte[] bytes = [];
        OnnxExporter.Export(network, metadata, model => bytes = model.ToByteArray());
        return bytes;
    }

    public static ModelProto Model(Module<Tensor, Tensor> network, ClassifierMetadata metadata) =>
        ModelProto.Parser.ParseFrom(Bytes(network, metadata));

    /// <summary>Scores pixels [count, size, size, 3] in ONNX Runtime.</summary>
    public (float[] Score, long[] PredictedIndex) Score(byte[] pixels, int count) => Score(Session, pixels, count, _imageSize);

    /// <inheritdoc cref="Score(byte[], int)"/>
    public static (float[] Score, long[] PredictedIndex) Score(InferenceSession session, byte[] pixels, int count, int size)
    {
        using var options = new RunOptions();
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [count, size, size, 3]);
        using var outputs = session.Run(
            options, [ClassifierModel.Pixels], [input], [ClassifierModel.Score, ClassifierModel.PredictedIndex]);
        return (outputs[0].GetTensorDataAsSpan<float>().ToArray(), outputs[1].GetTensorDataAsSpan<long>().ToArray());
    }

    /// <summary>Largest difference, over a batch of pixels, of the file's log of <c>Score</c> from the network's log-softmax.</summary>
    public double LargestDifference(int count)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var pixels = FormulaValues.Pixels(count, _imageSize);

        var (score, _) = Score(pixels, count);
        var logProbabilities = functional.log_softmax(_network.call(Normalized(pixels, count)), 1);

        return (tensor(score, logProbabilities.shape).log() - logProbabilities).abs().max().item<float>();
    }

    public void Dispose() => Session.Dispose();

    /// <summary>Pixels as the network was trained on them: (x / 255 − mean) / std, channels first.</summary>
    private Tensor Normalized(byte[] pixels, int count)
    {
        var mean = tensor(Normalization.ImageNet.Mean.ToArray());
        var deviation = tensor(Normalization.ImageNet.StandardDeviation.ToArray());
        var x = tensor(pixels, [count, _imageSize, _imageSize, 3]).to(ScalarType.Float32) / 255f;
        return ((x - mean) / deviation).permute(0, 3, 1, 2).contiguous();
    }
}
