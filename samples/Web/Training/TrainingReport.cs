using System.Reflection;
using Microsoft.ML;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring;
using MLVision.MLNetExtensions.Scoring.Explanations;
using MLVision.MLNetExtensions.Scoring.Results;
using MLVision.Reports;
using MLVision.Reports.Contents;
using MLVision.Trainers;
using MLVision.Trainers.Options;

namespace Web.Training;

/// <summary>The report of a training: the model on the images that it did not learn from.</summary>
internal static class TrainingReport
{
    // They tell the accuracy to two points, in seconds.
    private const int MostScored = 2000;
    private const int MostExplained = 24;

    /// <summary>Scores the held-out images and writes the page.</summary>
    /// <returns>How well the model does; null where no images were held out.</returns>
    public static ImageClassificationMetrics? Write(
        string path, string title, ImageClassificationTransformer classifier, string onnx, IReadOnlyList<LabeledImage> images,
        ImageTrainingOptions options, TimeSpan time)
    {
        var facts = classifier.Training;
        var skipped = classifier.SkippedImages.Select(image => image.Image).ToHashSet(StringComparer.Ordinal);
        var heldOut = facts.HeldOutRows.Select(row => images[row]).Where(image => !skipped.Contains(image.ImagePath)).ToList();
        using var scorer = ImageClassifier.Load(onnx);
        var scored = Sample.Of(heldOut, MostScored);
        var metrics = scored.Count == 0 ? null : scorer.Evaluate(scored, scored.Count, options.CancellationToken);
        ReportWriter.Write(path, new ModelReport
        {
            Title = title,
            Model = classifier.Metadata,
            Evaluation = metrics,
            EvaluationNote = metrics is null
                ? "No images were held out of the training, so nothing is known of how well this model does."
                : "The images scored were held out of the training data. The model did not learn from them, but they decided which " +
                "epoch's weights it has.",
            Explanations = metrics is null ? [] : Explain(scorer, metrics, options.CancellationToken),
            LearningCurves = [.. classifier.History.Select(epoch => EpochWords.Point(epoch, facts.Returned))],
            Data = DataSetFacts.Measure(images, facts.HeldOutRows, cancellationToken: options.CancellationToken) with
            {
                Skipped = classifier.SkippedImages,
                TurnedImages = classifier.TurnedImages,
            },
            Device = facts.Device,
            TrainingTime = time,
            Seed = options.Seed,
            Configuration = facts.Recipe,
            Versions =
            [
                new("MLVision", VersionOf(typeof(ImageClassifier))), new("ML.NET", VersionOf(typeof(MLContext))),
                new(".NET", Environment.Version.ToString()),
            ],
        });
        return metrics;
    }

    private static IReadOnlyList<ImageExplanation> Explain(
        ImageClassifier scorer, ImageClassificationMetrics metrics, CancellationToken cancellationToken) =>
        scorer.Outputs.HasFlag(ModelOutputs.Heat)
            ? [.. ScoredImage.MostWrong(metrics.Results, MostExplained)
                .Select(result => Explain(scorer, result.ImagePath, cancellationToken)).OfType<ImageExplanation>()]
            : [];

    /// <summary>An image that is gone by now is left out.</summary>
    private static ImageExplanation? Explain(ImageClassifier scorer, string image, CancellationToken cancellationToken)
    {
        try
        {
            return scorer.Explain(image, cancellationToken);
        }
        catch (ImageDataException)
        {
            return null;
        }
    }

    private static string VersionOf(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
