using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Training.Snapshots;

/// <summary>What changes from step to step, and is saved to go on from: weights, the optimizer's state, the weights' average.</summary>
/// <param name="Part">The network, or the part of it that is trained.</param>
/// <param name="Optimizer">What trains it.</param>
/// <param name="Average">Average of its weights, which validation and the model take in their place; or null.</param>
internal sealed record WeightsInTraining(Module Part, OptimizerHelper Optimizer, WeightAverage? Average);
