namespace MLVision.Trainers.Training.Results;

/// <summary>The result of a training.</summary>
/// <param name="History">Every epoch, in order.</param>
/// <param name="Returned">The epoch whose weights the network has.</param>
internal sealed record TrainingResult(IReadOnlyList<EpochSummary> History, EpochSummary Returned);
