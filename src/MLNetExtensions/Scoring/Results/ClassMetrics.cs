namespace MLVision.MLNetExtensions.Scoring.Results;

/// <summary>How well a classifier recognises one class.</summary>
public sealed record ClassMetrics
{
    /// <summary>The class.</summary>
    public required string Label { get; init; }

    /// <summary>Number of images of the class.</summary>
    public required int Images { get; init; }

    /// <summary>Share of the images predicted as this class that belong to it, 0..1; null if there are none.</summary>
    public required double? Precision { get; init; }

    /// <summary>Share of the images of this class that are predicted as it, 0..1; null if there are none.</summary>
    public required double? Recall { get; init; }

    /// <summary>Harmonic mean of precision and recall, 0..1; null where the class neither occurs nor is predicted.</summary>
    /// <remarks>2·right / (images of the class + images taken for it), so it is 0 where only one of the two is missing.</remarks>
    public required double? F1 { get; init; }

    /// <summary>Computes the figures of all classes.</summary>
    /// <param name="labels">The classes.</param>
    /// <param name="confusion">Number of images by true class (outer) and predicted class (inner).</param>
    internal static IReadOnlyList<ClassMetrics> Of(IReadOnlyList<string> labels, IReadOnlyList<IReadOnlyList<int>> confusion)
    {
        var predicted = new int[labels.Count];
        foreach (var row in confusion)
        {
            for (var c = 0; c < predicted.Length; c++)
            {
                predicted[c] += row[c];
            }
        }

        return [.. labels.Select((label, c) => Of(label, confusion[c].Sum(), predicted[c], confusion[c][c]))];
    }

    private static ClassMetrics Of(string label, int images, int predicted, int right) => new()
    {
        Label = label,
        Images = images,
        Precision = predicted > 0 ? (double)right / predicted : null,
        Recall = images > 0 ? (double)right / images : null,
        F1 = images + predicted > 0 ? 2.0 * right / (images + predicted) : null,
    };
}
