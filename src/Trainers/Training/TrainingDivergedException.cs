using MLVision.MLNetExtensions;

namespace MLVision.Trainers.Training;

/// <summary>The training loss is no longer a number: the weights are lost.</summary>
/// <param name="message">Where it happened, and the remedy.</param>
public sealed class TrainingDivergedException(string message) : ImageClassificationException(message);
