using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Batches;

/// <summary>Labelled inputs in batches: shuffled to learn from, or in order to check on.</summary>
internal interface IBatches
{
    /// <summary>Number of inputs.</summary>
    int Count { get; }

    /// <summary>Steps of an epoch of training.</summary>
    int Steps { get; }

    /// <summary>Where batches lie.</summary>
    Device Device { get; }

    /// <summary>One epoch of training: shuffled, and varied where that is switched on. The generator's state alone decides.</summary>
    IEnumerable<Batch> Epoch(Random random);

    /// <summary>Every input once, as it is, in order.</summary>
    IEnumerable<Batch> InOrder();
}
