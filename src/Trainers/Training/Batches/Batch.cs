using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Batches;

/// <summary>Images [N, 3, H, W], normalised, and their classes [N]; whoever receives a batch owns it.</summary>
/// <remarks>Where images are mixed in pairs, <see cref="Labels"/> are the classes that weigh more, or as much.</remarks>
internal sealed record Batch(Tensor Images, Tensor Labels) : IDisposable
{
    /// <summary>The other class of each image [N], or null where images are not mixed.</summary>
    public Tensor? OtherLabels { get; init; }

    /// <summary>What the other class weighs; 0 to 0.5. The class itself weighs the rest.</summary>
    public double OtherShare { get; init; }

    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
        OtherLabels?.Dispose();
    }
}
