using static TorchSharp.torch;

namespace MLVision.Trainers.Models.Layers;

/// <summary>A network with additional classifiers before the last one. They exist only in training and are never exported.</summary>
internal interface IAuxiliaryClassifiers
{
    /// <summary>Weight of each further classifier's loss beside the last one's.</summary>
    double AuxiliaryLossWeight { get; }

    /// <summary>Runs the network with its further classifiers. The caller owns all results.</summary>
    /// <param name="graph">Runs its flow.</param>
    /// <param name="images">[N, 3, H, W].</param>
    /// <param name="auxiliaryLogits">Output of each further classifier: [N, classes].</param>
    /// <returns>Output of the last classifier: [N, classes], logits.</returns>
    Tensor Classify(IGraph<Tensor> graph, Tensor images, out IReadOnlyList<Tensor> auxiliaryLogits);
}
