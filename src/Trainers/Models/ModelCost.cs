namespace MLVision.Trainers.Models;

/// <summary>The size and computation of an architecture.</summary>
/// <param name="Parameters">Number of trainable weights, without auxiliary classifiers.</param>
/// <param name="MultiplyAdds">Multiply-adds to score one image: convolutions and fully connected layers, as papers count them.</param>
public readonly record struct ModelCost(long Parameters, long MultiplyAdds);
