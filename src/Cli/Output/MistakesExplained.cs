using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring;
using MLVision.MLNetExtensions.Scoring.Explanations;
using MLVision.MLNetExtensions.Scoring.Results;

namespace MLVision.Cli.Output;

/// <summary>Heat maps of a model's worst mistakes, for a report.</summary>
internal static class MistakesExplained
{
    private const int Most = 24;

    /// <summary>
    /// Those of a model that gives them with the scores; of any other none, because hiding parts of 24 images takes longer than a training.
    /// </summary>
    public static IReadOnlyList<ImageExplanation> Of(
        ImageClassifier classifier, ImageClassificationMetrics metrics, CancellationToken cancellationToken) =>
        classifier.Outputs.HasFlag(ModelOutputs.Heat)
            ? [.. ScoredImage.MostWrong(metrics.Results, Most)
                .Select(result => Explain(classifier, result.ImagePath, cancellationToken)).OfType<ImageExplanation>()]
            : [];

    /// <summary>An image that is gone by now is left out.</summary>
    private static ImageExplanation? Explain(ImageClassifier classifier, string path, CancellationToken cancellationToken)
    {
        try
        {
            return classifier.Explain(path, cancellationToken);
        }
        catch (ImageDataException)
        {
            return null;
        }
    }
}
