namespace MLNetExtensions;

/// <summary>What a classifier says of one image.</summary>
/// <param name="ImagePath">The image.</param>
/// <param name="Label">The most probable class.</param>
/// <param name="Probability">Its probability, 0..1.</param>
/// <param name="Scores">The probabilities of all classes, in the order of <see cref="ImageClassifier.Labels"/>.</param>
public sealed record ImagePrediction(string ImagePath, string Label, float Probability, IReadOnlyList<float> Scores);
