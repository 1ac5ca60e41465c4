using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring.Explanations;
using MLVision.MLNetExtensions.Scoring.Results;

namespace MLVision.Reports.Contents;

/// <summary>What a report says of a model. Everything is optional; what is missing is left out of the page.</summary>
public sealed record ModelReport
{
    /// <summary>The page's title, for example the name of the data.</summary>
    public string Title { get; init; } = "Image classifier";

    /// <summary>When the report was made; shown in UTC.</summary>
    public DateTimeOffset Created { get; init; } = DateTimeOffset.UtcNow;

    /// <summary>The model: architecture, classes, input; <c>ImageClassifier.Metadata</c>.</summary>
    public ClassifierMetadata? Model { get; init; }

    /// <summary>How well it does: what <c>ImageClassifier.Evaluate</c> returns.</summary>
    public ImageClassificationMetrics? Evaluation { get; init; }

    /// <summary>A sentence on which images were scored, or why none were.</summary>
    public string EvaluationNote { get; init; } = "";

    /// <summary>
    /// Heat maps of some of the images that were classified wrongly, from <c>ImageClassifier.Explain</c>; they are shown beside them. None,
    /// the default, for models that do not give them with the scores.
    /// </summary>
    public IReadOnlyList<ImageExplanation> Explanations { get; init; } = [];

    /// <summary>Every epoch of the training, in order.</summary>
    public IReadOnlyList<LearningCurvePoint> LearningCurves { get; init; } = [];

    /// <summary>The data that it learned from, or that it was evaluated on.</summary>
    public DataSetFacts? Data { get; init; }

    /// <summary>What it was computed on, for example <c>cpu</c> or <c>cuda:0</c>.</summary>
    public string? Device { get; init; }

    /// <summary>How long training took, from reading the images to the saved model.</summary>
    public TimeSpan? TrainingTime { get; init; }

    /// <summary>Seed of everything random in training.</summary>
    public int? Seed { get; init; }

    /// <summary>Names and values of how the model was trained or scored, in the order in which they are listed.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Configuration { get; init; } = [];

    /// <summary>Names and versions of what was used.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Versions { get; init; } = [];
}
