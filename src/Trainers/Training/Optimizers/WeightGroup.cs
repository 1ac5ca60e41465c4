using TorchSharp.Modules;

namespace MLVision.Trainers.Training.Optimizers;

/// <summary>Weights that an optimizer treats in the same way.</summary>
/// <param name="Weights">The weights.</param>
/// <param name="RateFactor">Their share of the learning rate.</param>
/// <param name="IsDecayed">Whether weight decay applies to them.</param>
internal sealed record WeightGroup(IReadOnlyList<Parameter> Weights, double RateFactor, bool IsDecayed);
