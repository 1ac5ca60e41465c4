using MLVision.Trainers.Training.Optimizers;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Training.Snapshots;

/// <summary>What changes in every step and is saved for resuming: the weights, the optimizer's state, the weights' average.</summary>
/// <param name="Part">The network, or the part of it that is trained.</param>
/// <param name="Flat">Its weights side by side.</param>
/// <param name="Optimizer">The optimizer.</param>
/// <param name="Average">The average that replaces the weights in validation and in the model, or null.</param>
internal sealed record WeightsInTraining(Module Part, FlatWeights Flat, WeightOptimizer Optimizer, WeightAverage? Average);
