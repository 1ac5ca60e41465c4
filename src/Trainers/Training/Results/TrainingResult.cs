namespace MLVision.Trainers.Training.Results;

/// <summary>What a training came to.</summary>
/// <param name="History">Every epoch, in order.</param>
/// <param name="Returned">The epoch whose weights the network has.</param>
internal sealed record TrainingResult(IReadOnlyList<EpochSummary> History, EpochSummary Returned);
