using static TorchSharp.torch;

namespace MLVision.Trainers.Training;

/// <summary>What a network says of a batch while it trains.</summary>
/// <param name="Logits">[N, classes].</param>
/// <param name="AuxiliaryLogits">[N, classes] each: what classifiers say that help to train and are not exported.</param>
/// <param name="AuxiliaryLossWeight">Weight of each of their losses.</param>
internal readonly record struct Outputs(Tensor Logits, IReadOnlyList<Tensor> AuxiliaryLogits, double AuxiliaryLossWeight);
