using static TorchSharp.torch;

namespace MLVision.Trainers.Training;

/// <summary>A network's outputs for a batch in training.</summary>
/// <param name="Logits">[N, classes].</param>
/// <param name="AuxiliaryLogits">[N, classes] each, from classifiers that help training and are not exported.</param>
/// <param name="AuxiliaryLossWeight">The weight of each auxiliary loss.</param>
internal readonly record struct Outputs(Tensor Logits, IReadOnlyList<Tensor> AuxiliaryLogits, double AuxiliaryLossWeight);
