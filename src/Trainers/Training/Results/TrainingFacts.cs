namespace MLVision.Trainers.Training.Results;

/// <summary>How a classifier was trained: what was settled for it, and on what it was checked.</summary>
public sealed record TrainingFacts
{
    /// <summary>What computed, for example <c>cpu</c> or <c>cuda:0</c>.</summary>
    public required string Device { get; init; }

    /// <summary>Number of images that the model learned from.</summary>
    public required int Images { get; init; }

    /// <summary>Number of images it was checked on after every epoch; 0 if none were given or held out.</summary>
    public required int ValidationImages { get; init; }

    /// <summary>
    /// The rows of the training data, counted from 0 and rising, that were held out to check on; empty where the validation images were
    /// given, or none were held out.
    /// </summary>
    public required IReadOnlyList<int> HeldOutRows { get; init; }

    /// <summary>The epoch whose weights the model has; one of the history.</summary>
    public required EpochSummary Returned { get; init; }

    /// <summary>
    /// The final value of every option that affects the weights, by the option's name, also of those that were left open; numbers have a
    /// decimal point.
    /// </summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Recipe { get; init; }
}
