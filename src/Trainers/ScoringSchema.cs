using Microsoft.ML;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Images.Columns;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Native;
using MLVision.Trainers.Onnx;
using MLVision.Trainers.Options;
using MLVision.Trainers.Training.Trust;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers;

/// <summary>The columns that a fitted model adds, known before there is one.</summary>
internal static class ScoringSchema
{
    private const int Channels = 3;

    /// <summary>Asks the stock chain around a stand-in for the network: same ports, no training.</summary>
    public static SchemaShape Of(
        MLEnvironment ml, PixelColumn pixels, ClassLabels standIns, SchemaShape input, ImageTrainingOptions options)
    {
        TorchRuntime.EnsureLoaded();
        using var files = new TemporaryFolder();
        using var network = NetworkMemory.Allocate(
            Sequential(AdaptiveAvgPool2d(1), Flatten(), MetaLayers.FullyConnected(Channels, standIns.Count)));
        var metadata = new ClassifierMetadata
        {
            Architecture = "stand-in",
            Labels = standIns.Names,
            ImageSize = pixels.ImageSize,
            Mean = [0, 0, 0],
            StandardDeviation = [1, 1, 1],
        };
        var onnxFile = files.File("stand-in.onnx");
        var familiarity = FamiliarityReference.StandIn(Channels);
        OnnxExporter.Export(network, metadata, model => StockChain.WriteOnnx(model, onnxFile), options.Outputs, familiarity);
        return StockChain.Create(
            ml, pixels, onnxFile, standIns, options.Outputs, options.ScoreColumnName, options.PredictedLabelColumnName)
            .GetOutputSchema(input);
    }
}
