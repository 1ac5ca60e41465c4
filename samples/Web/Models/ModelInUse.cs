using MLVision.MLNetExtensions.Scoring;

namespace Web.Models;

/// <summary>A model that stays in memory until this is disposed.</summary>
internal sealed class ModelInUse(ServedModel model) : IDisposable
{
    private ServedModel? _model = model;

    /// <summary>Its file.</summary>
    public string Path { get; } = model.Path;

    /// <summary>What labels images.</summary>
    public ImageClassifier Classifier { get; } = model.Classifier;

    /// <summary>What tells whether its newest file is in use.</summary>
    public ServedModel Model { get; } = model;

    public void Dispose() => Interlocked.Exchange(ref _model, null)?.Leave();
}
