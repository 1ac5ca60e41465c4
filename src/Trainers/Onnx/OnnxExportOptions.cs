using Microsoft.Extensions.Logging;
using MLVision.Trainers.Options;
using MLVision.Trainers.Weights.Published;

namespace MLVision.Trainers.Onnx;

/// <summary>What is exported of an architecture, beside its layers.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>
    /// Class names in the order of the scores; null takes those that came with the weights, or numbers as many as the weights tell
    /// apart, or as the paper's data set has.
    /// </summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>
    /// A file of weights (safetensors, or a PyTorch state dictionary), the name of published ones (<see cref="PublishedWeightsCatalog"/>),
    /// or null for random weights: to look at, to measure, to deploy a pipeline before its model.
    /// </summary>
    public string? Weights { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.WeightsKey"/>
    public string? WeightsKey { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.Mean"/>
    public IReadOnlyList<float>? Mean { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.StandardDeviation"/>
    public IReadOnlyList<float>? StandardDeviation { get; init; }

    /// <summary>
    /// Width and height in pixels that the network sees; null takes the weights' own size, or the architecture's. At least 8.
    /// </summary>
    public int? ImageSize { get; init; }

    /// <summary>
    /// Width and height in pixels of the input, whose central <see cref="ImageSize"/> the graph cuts out; null takes the weights' own
    /// where <see cref="ImageSize"/> is theirs, and otherwise cuts nothing.
    /// </summary>
    public int? ResizeSize { get; init; }

    /// <summary>Decides random weights.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Told what weights are used.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>Told how far the download of published weights is.</summary>
    public IProgress<DownloadProgress>? DownloadProgress { get; init; }
}
