using System.Globalization;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Scoring;
using MLVision.MLNetExtensions.Scoring.Explanations;
using MLVision.MLNetExtensions.Scoring.Results;
using MLVision.Reports;
using MLVision.Reports.Contents;
using MLVision.Trainers.Training.Results;

namespace MLVision.Cli.Output;

/// <summary>The report that a training writes beside its model.</summary>
internal static class TrainingReportFile
{
    /// <summary>The file's name.</summary>
    public const string Name = "report.html";

    // They tell the accuracy to two points, in seconds.
    private const int MostScored = 2000;

    private const string NoneHeldOut =
        "No images were held out of the training, so nothing is known of how well this model does. mlvision evaluate --report measures " +
        "it on images that it did not learn from.";

    /// <summary>Scores the images that the model did not learn from, and writes the report.</summary>
    /// <exception cref="MLNetExtensions.ImageClassificationException">The model cannot score the images.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, TrainedModel model, CancellationToken cancellationToken)
    {
        var facts = model.Classifier.Training;
        var (metrics, note, explanations) = Evaluate(model, cancellationToken);
        ReportWriter.Write(path, new ModelReport
        {
            Title = model.DataName,
            Model = model.Classifier.Metadata,
            Evaluation = metrics,
            EvaluationNote = note,
            Explanations = explanations,
            LearningCurves = [.. model.Classifier.History.Select(epoch => Point(epoch, facts.Returned))],
            Data = model.Data with
            {
                Skipped = model.Classifier.SkippedImages,
                TurnedImages = model.Classifier.TurnedImages,
            },
            Device = facts.Device,
            TrainingTime = model.Time,
            Seed = model.Options.Seed,
            Configuration = [.. facts.Recipe, .. Calibration(model.Classifier.Calibration)],
            Versions = UsedVersions.List(trained: true),
        });
    }

    private static (ImageClassificationMetrics? Metrics, string Note, IReadOnlyList<ImageExplanation> Explanations) Evaluate(
        TrainedModel model, CancellationToken cancellationToken)
    {
        var skipped = model.Classifier.SkippedImages.Select(image => image.Image).ToHashSet(StringComparer.Ordinal);
        var known = model.Classifier.Labels.ToHashSet(StringComparer.Ordinal);
        var heldOut = (model.Validation ?? [.. model.Classifier.Training.HeldOutRows.Select(row => model.Images[row])])
            .Where(image => known.Contains(image.Label) && !skipped.Contains(image.ImagePath)).ToList();
        if (heldOut.Count == 0)
        {
            return (null, NoneHeldOut, []);
        }

        var scored = Sample.Of(heldOut, MostScored);
        using var classifier = ImageClassifier.Load(model.OnnxFile, new ImageScoringOptions
        {
            IgnoreOrientation = model.Options.IgnoreOrientation,
        });
        var metrics = classifier.Evaluate(scored, scored.Count, cancellationToken);
        return (metrics, Describe(model, scored, heldOut), MistakesExplained.Of(classifier, metrics, cancellationToken));
    }

    private static string Describe(TrainedModel model, IReadOnlyList<LabeledImage> scored, List<LabeledImage> heldOut)
    {
        var from = model.Validation is null ? "held out of the training data" : "given for validation";
        var which = scored.Count < heldOut.Count
            ? string.Create(CultureInfo.InvariantCulture, $"The images scored are a sample of {heldOut.Count:#,0} images that were {from}.")
            : $"The images scored were {from}.";
        var temperature = model.Classifier.Calibration is { IsOutOfFold: false } ? " and its temperature" : "";
        return $"{which} The model did not learn from them, but they decided which epoch's weights it has{temperature}.";
    }

    private static IEnumerable<KeyValuePair<string, string>> Calibration(CalibrationSummary? calibration) => calibration is null ? [] :
    [
        new("Temperature", calibration.Temperature.ToString("0.###", CultureInfo.InvariantCulture)),
        new("TemperatureImages", calibration.Images.ToString("#,0", CultureInfo.InvariantCulture)),
        new("CalibrationErrorBefore", calibration.ErrorBefore.ToString("0.000", CultureInfo.InvariantCulture)),
        new("CalibrationErrorAfter", calibration.ErrorAfter.ToString("0.000", CultureInfo.InvariantCulture)),
    ];

    private static LearningCurvePoint Point(EpochSummary epoch, EpochSummary returned) => new()
    {
        Phase = epoch.Phase switch
        {
            TrainingPhase.Head => "last layer",
            TrainingPhase.FineTuning => "fine-tuning",
            _ => "",
        },
        Epoch = epoch.Epoch,
        Loss = epoch.Loss,
        Accuracy = epoch.Accuracy,
        ValidationLoss = epoch.ValidationLoss,
        ValidationAccuracy = epoch.ValidationAccuracy,
        IsKept = epoch.Phase == returned.Phase && epoch.Epoch == returned.Epoch,
    };
}
