namespace MLVision.Trainers.Training.Rates;

/// <summary>The learning rate and momentum of one optimizer step.</summary>
/// <param name="LearningRate">Learning rate.</param>
/// <param name="Momentum">Momentum of gradient descent, or AdamW's decay of the mean gradient (its first beta).</param>
internal readonly record struct StepRates(double LearningRate, double Momentum);
