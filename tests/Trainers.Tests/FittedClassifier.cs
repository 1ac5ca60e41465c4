using Microsoft.ML;
using MLVision.Trainers;

namespace Trainers.Tests;

/// <summary>One fitted classifier for the tests that only look at it.</summary>
public sealed class FittedClassifier : IDisposable
{
    private readonly TinyImages _images = new();

    public FittedClassifier()
    {
        View = _images.Labelled(TinyImages.Labels);
        Model = _images.Classifier().Fit(View);
    }

    public MLContext ML => _images.ML;

    /// <summary>Columns ImagePath, Label (key) and Image.</summary>
    public IDataView View { get; }

    public ImageClassificationTransformer Model { get; }

    internal TinyImages Images => _images;

    public void Dispose()
    {
        Model.Dispose();
        _images.Dispose();
    }
}
