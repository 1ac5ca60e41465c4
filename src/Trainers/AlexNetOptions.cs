namespace Trainers;

/// <summary>Options of <c>Trainers.AlexNet</c>.</summary>
public sealed record AlexNetOptions : ImageClassifierOptions;
