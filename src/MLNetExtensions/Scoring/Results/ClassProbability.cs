namespace MLVision.MLNetExtensions.Scoring.Results;

/// <summary>A class and how probable it is.</summary>
/// <param name="Label">The class.</param>
/// <param name="Probability">0..1.</param>
public readonly record struct ClassProbability(string Label, float Probability);
