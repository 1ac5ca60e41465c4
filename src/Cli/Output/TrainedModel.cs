using MLVision.MLNetExtensions.Images;
using MLVision.Reports.Contents;
using MLVision.Trainers;
using MLVision.Trainers.Options;

namespace MLVision.Cli.Output;

/// <summary>A model that has been trained and saved, and what it was trained with.</summary>
internal sealed record TrainedModel
{
    /// <summary>The model.</summary>
    public required ImageClassificationTransformer Classifier { get; init; }

    /// <summary>Its file.</summary>
    public required string OnnxFile { get; init; }

    /// <summary>How it was trained.</summary>
    public required ImageTrainingOptions Options { get; init; }

    /// <summary>Name of the data.</summary>
    public required string DataName { get; init; }

    /// <summary>The images to learn from, in the order of the data view's rows; those that were held out are among them.</summary>
    public required IReadOnlyList<LabeledImage> Images { get; init; }

    /// <summary>The validation images; null where they were held out of the others.</summary>
    public required IReadOnlyList<LabeledImage>? Validation { get; init; }

    /// <summary>What the images to learn from consist of.</summary>
    public required DataSetFacts Data { get; init; }

    /// <summary>When the command began, in UTC.</summary>
    public required DateTime Started { get; init; }

    /// <summary>How long training took; null where it is unknown, because a part of it was done by another process.</summary>
    public required TimeSpan? Time { get; init; }
}
