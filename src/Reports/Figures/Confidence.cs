using MLVision.MLNetExtensions.Scoring.Results;

namespace MLVision.Reports.Figures;

/// <summary>How sure a classifier is on average, beside how often it is right.</summary>
/// <param name="Probability">Mean probability of the predicted classes, 0..1.</param>
/// <param name="Right">Share of the predictions that are right, 0..1.</param>
internal sealed record Confidence(double Probability, double Right)
{
    // Fewer points than these are within what a few hundred images can tell.
    private const double Little = 0.02;

    /// <summary>Of the scored images; null where there are none.</summary>
    public static Confidence? Of(ImageClassificationMetrics metrics)
    {
        var bins = metrics.Calibration.Where(bin => bin.Images > 0).ToList();
        var images = bins.Sum(bin => bin.Images);
        return images == 0 ? null : new Confidence(
            bins.Sum(bin => bin.Images * bin.MeanProbability!.Value) / images,
            bins.Sum(bin => bin.Images * bin.ShareRight!.Value) / images);
    }

    /// <summary>In a sentence.</summary>
    public string Describe()
    {
        var verdict = Math.Abs(Probability - Right) < Little ? "it is about as sure as it may be"
            : Probability > Right ? "it is too sure" : "it is not sure enough";
        return $"On average it gives its answers a probability of {NumberText.Percent(Probability)}, and {NumberText.Percent(Right)} of " +
            $"them are right: {verdict}.";
    }
}
