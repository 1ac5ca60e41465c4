using MLVision.MLNetExtensions.Scoring;

namespace MLVision.Cli.Benchmarks.Scoring;

/// <summary>Passes all images to an <see cref="ImageClassifier"/> in one call.</summary>
/// <param name="classifier">The classifier; this object disposes of it.</param>
internal sealed class ClassifierPath(ImageClassifier classifier) : ScoringPath
{
    public override void Score(IReadOnlyList<string> images, CancellationToken cancellationToken) =>
        classifier.PredictMany(images, cancellationToken);

    public override void Dispose() => classifier.Dispose();
}
