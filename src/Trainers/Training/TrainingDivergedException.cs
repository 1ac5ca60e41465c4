using MLVision.MLNetExtensions;

namespace MLVision.Trainers.Training;

/// <summary>The loss or a weight has become NaN or infinite, so the weights cannot be used.</summary>
/// <param name="message">Where it happened, and the remedy.</param>
public sealed class TrainingDivergedException(string message) : ImageClassificationException(message);
