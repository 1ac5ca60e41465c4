using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Scoring.Results;

/// <summary>How well a classifier does on labelled images.</summary>
public sealed record ImageClassificationMetrics
{
    /// <summary>Number of images that got a label; all figures are about these.</summary>
    public required int Images { get; init; }

    /// <summary>Images that were scored but got no label (<see cref="ImageScoringOptions.MinFamiliarity"/>), and do not count.</summary>
    public int Refused { get; init; }

    /// <summary>Images that could not be read and do not count.</summary>
    public required IReadOnlyList<SkippedImage> Skipped { get; init; }

    /// <summary>Share of images classified correctly, 0..1.</summary>
    public required double MicroAccuracy { get; init; }

    /// <summary>Mean, over the classes that occur, of the share classified correctly, 0..1.</summary>
    public required double MacroAccuracy { get; init; }

    /// <summary>Mean of −ln(probability of the true class), probabilities below 1e-15 taken as 1e-15.</summary>
    public required double LogLoss { get; init; }

    /// <summary>How far the probability of the predicted class differs from the share of correct predictions, 0..1; best is 0.</summary>
    /// <remarks>
    /// Over 15 bins of equal width of that probability, the mean of |share right − mean probability|, weighted by the bins' images. Source:
    /// Guo et al. 2017, "On calibration of modern neural networks", arXiv:1706.04599, equation 3.
    /// </remarks>
    public required double ExpectedCalibrationError { get; init; }

    /// <summary>Probabilities beside measured accuracy, over the 15 bins of <see cref="ExpectedCalibrationError"/>.</summary>
    public IReadOnlyList<ConfidenceBin> Calibration { get; init; } = [];

    /// <summary>Images per second from file to scores, on all cores.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>The classes, in the order of <see cref="ConfusionMatrix"/>.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Number of images by true class (outer) and predicted class (inner).</summary>
    public required IReadOnlyList<IReadOnlyList<int>> ConfusionMatrix { get; init; }

    /// <summary>How each class is recognised, in the order of <see cref="Labels"/>.</summary>
    public required IReadOnlyList<ClassMetrics> PerClass { get; init; }

    /// <summary>What became of each scored image, in the order in which they were given.</summary>
    public IReadOnlyList<ScoredImage> Results { get; init; } = [];

    /// <summary>Computes the figures from the true classes and the scores.</summary>
    internal static ImageClassificationMetrics Of(
        IReadOnlyList<string> labels, IReadOnlyList<(int Label, IReadOnlyList<float> Scores)> scored, IReadOnlyList<SkippedImage> skipped,
        double seconds)
    {
        const double SmallestProbability = 1e-15;
        const double ShortestTime = 1e-7;   // a tick
        var confusion = labels.Select(_ => new int[labels.Count]).ToArray();
        var loss = 0.0;
        var calibration = new CalibrationError();
        foreach (var (label, scores) in scored)
        {
            var predicted = Decision.Best(scores as float[] ?? [.. scores]);
            confusion[label][predicted]++;
            calibration.Add(scores[predicted], predicted == label);
            loss -= Math.Log(Math.Max(scores[label], SmallestProbability));
        }

        var perClass = ClassMetrics.Of(labels, confusion);
        return new ImageClassificationMetrics
        {
            Images = scored.Count,
            Skipped = skipped,
            MicroAccuracy = (double)confusion.Index().Sum(row => row.Item[row.Index]) / scored.Count,
            MacroAccuracy = perClass.Average(c => c.Recall)!.Value,
            LogLoss = loss / scored.Count,
            ExpectedCalibrationError = calibration.Expected,
            Calibration = calibration.Histogram,
            ImagesPerSecond = scored.Count / Math.Max(seconds, ShortestTime),
            Labels = labels,
            ConfusionMatrix = confusion,
            PerClass = perClass,
        };
    }
}
