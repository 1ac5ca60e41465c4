using Microsoft.Extensions.Logging;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Options;
using MLVision.Trainers.Weights.Published;

namespace MLVision.Trainers.Onnx;

/// <summary>What is exported beside an architecture's layers.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>
    /// Class names in the order of the scores; null takes those that came with the weights, or numbers, one for each class of the weights
    /// or of the paper's data set.
    /// </summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>
    /// A file of weights (safetensors, or a PyTorch state dictionary), an own model (<c>.zip</c> or <c>.onnx</c>, not int8), the name of
    /// published weights (<see cref="PublishedWeightsCatalog"/>), or null or <c>none</c> for random ones: to look at, to measure, to
    /// deploy a pipeline before its model.
    /// </summary>
    public string? Weights { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.WeightsKey"/>
    public string? WeightsKey { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.Mean"/>
    public IReadOnlyList<float>? Mean { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.StandardDeviation"/>
    public IReadOnlyList<float>? StandardDeviation { get; init; }

    /// <summary>
    /// Width and height in pixels of the network's input; null takes the weights' own size, or the architecture's. 8 to 8192.
    /// </summary>
    public int? ImageSize { get; init; }

    /// <summary>
    /// Width and height in pixels of the input, whose central <see cref="ImageSize"/> the graph cuts out; null takes the weights' own
    /// where <see cref="ImageSize"/> is theirs, and otherwise cuts nothing.
    /// </summary>
    public int? ResizeSize { get; init; }

    /// <summary>
    /// What the model gives beside its scores; nothing by default. <see cref="ModelOutputs.Familiarity"/> needs an own model as
    /// <see cref="Weights"/> that has it already, or that has its class memory beside it.
    /// </summary>
    public ModelOutputs Outputs { get; init; }

    /// <summary>Decides random weights.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Receives lines about the weights that are used.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>Receives the progress of downloading published weights.</summary>
    public IProgress<DownloadProgress>? DownloadProgress { get; init; }
}
