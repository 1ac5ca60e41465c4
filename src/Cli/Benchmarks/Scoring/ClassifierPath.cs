using MLVision.MLNetExtensions.Scoring;

namespace MLVision.Cli.Benchmarks.Scoring;

/// <summary>Passes all images to an <see cref="ImageClassifier"/> in one call.</summary>
/// <param name="classifier">The classifier; this object disposes of it.</param>
internal sealed class ClassifierPath(ImageClassifier classifier) : ScoringPath
{
    public override int Score(IReadOnlyList<string> images, CancellationToken cancellationToken) =>
        classifier.PredictMany(images, cancellationToken).Count;

    public override void Dispose() => classifier.Dispose();
}
