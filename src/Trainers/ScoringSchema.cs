using Google.Protobuf;
using Microsoft.ML;
using MLNetExtensions;
using Trainers.Native;
using Trainers.Onnx;
using static TorchSharp.torch.nn;

namespace Trainers;

/// <summary>The columns that a fitted model adds, known before there is one.</summary>
internal static class ScoringSchema
{
    /// <summary>Asks the stock chain around a stand-in for the network: same ports, no training.</summary>
    public static SchemaShape Of(MLEnvironment ml, PixelColumn pixels, SchemaShape input)
    {
        TorchRuntime.EnsureLoaded();
        string[] labels = ["a", "b"];
        using var files = new TemporaryFolder();
        using var network = Sequential(AdaptiveAvgPool2d(1), Flatten(), Linear(3, labels.Length));
        var metadata = new ClassifierMetadata
        {
            Architecture = "stand-in",
            Labels = labels,
            ImageSize = pixels.ImageSize,
            Mean = [0, 0, 0],
            StandardDeviation = [1, 1, 1],
        };
        var onnxFile = files.File("stand-in.onnx");
        OnnxExporter.Export(network, metadata, model =>
        {
            StockChain.RenamePorts(model);
            AtomicFile.Write(onnxFile, model.WriteTo);
        });
        return StockChain.Create(ml, pixels, onnxFile, ClassLabels.FromNames(labels)).GetOutputSchema(input);
    }
}
