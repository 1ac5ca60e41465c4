using MLVision.Trainers.Training.Augmentation;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Batches;

/// <summary>Makes the network's input of a batch from stored images.</summary>
internal interface IBatchImages
{
    /// <summary>Floats [N, 3, size, size] on the device of the network. The caller owns them.</summary>
    /// <param name="indices">The images.</param>
    /// <param name="variations">The changes of each.</param>
    /// <param name="mix">How they are mixed in pairs, or null.</param>
    /// <param name="threads">Largest number of threads; it does not change the result.</param>
    Tensor Make(int[] indices, ImageVariation[] variations, BatchMix? mix, int threads);
}
