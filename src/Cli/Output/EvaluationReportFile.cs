using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Scoring;
using MLVision.MLNetExtensions.Scoring.Results;
using MLVision.Reports;
using MLVision.Reports.Contents;

namespace MLVision.Cli.Output;

/// <summary>The report that an evaluation writes where it is asked for one.</summary>
internal static class EvaluationReportFile
{
    /// <summary>Writes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">Name of the data.</param>
    /// <param name="classifier">The model.</param>
    /// <param name="images">The images that were scored, and those that could not be read.</param>
    /// <param name="metrics">How well it did.</param>
    /// <param name="configuration">The command's options, as they were settled.</param>
    /// <param name="cancellationToken">Stops while the images' files are looked at.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(
        string path, string name, ImageClassifier classifier, IReadOnlyList<LabeledImage> images, ImageClassificationMetrics metrics,
        IReadOnlyList<KeyValuePair<string, string>> configuration, CancellationToken cancellationToken) =>
        ReportWriter.Write(path, new ModelReport
        {
            Title = name,
            Model = classifier.Metadata,
            Evaluation = metrics,
            EvaluationNote = "Scored were all readable images of the folder; whether the model learned from them is not known here.",
            Explanations = MistakesExplained.Of(classifier, metrics, cancellationToken),
            Data = DataSetFacts.Measure(images, cancellationToken: cancellationToken),
            Device = classifier.Device.ToString(),
            Configuration = configuration,
            Versions = UsedVersions.List(trained: false),
        });
}
