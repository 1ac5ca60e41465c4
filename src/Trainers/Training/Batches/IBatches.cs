using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Batches;

/// <summary>Labelled inputs in batches: shuffled for training, in order for validation.</summary>
internal interface IBatches
{
    /// <summary>Number of inputs.</summary>
    int Count { get; }

    /// <summary>Steps per epoch of training.</summary>
    int Steps { get; }

    /// <summary>The device that holds the batches.</summary>
    Device Device { get; }

    /// <summary>One epoch of training: shuffled, and augmented if that is on. The result depends only on the generator's state.</summary>
    IEnumerable<Batch> Epoch(Random random);

    /// <summary>Every input once, unchanged, in order.</summary>
    IEnumerable<Batch> InOrder();
}
