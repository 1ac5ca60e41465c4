namespace MLVision.Trainers.Training.Results;

/// <summary>One step of a search for a learning rate.</summary>
/// <param name="Rate">The learning rate.</param>
/// <param name="Loss">The training loss of the batch before the step.</param>
/// <param name="SmoothedLoss">The exponential mean of the losses so far.</param>
public sealed record LearningRateStep(double Rate, double Loss, double SmoothedLoss);
