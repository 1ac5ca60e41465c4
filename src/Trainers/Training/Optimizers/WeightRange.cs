namespace MLVision.Trainers.Training.Optimizers;

/// <summary>Trained weights that lie side by side in <see cref="FlatWeights"/>, and that an optimizer treats in the same way.</summary>
/// <param name="Offset">Number of values before the first.</param>
/// <param name="Length">Number of values.</param>
/// <param name="RateFactor">Their share of the learning rate.</param>
/// <param name="IsDecayed">Whether weight decay applies to them.</param>
internal sealed record WeightRange(long Offset, long Length, double RateFactor, bool IsDecayed);
