using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Batches;

/// <summary>Normalised images [N, 3, H, W] and their classes [N]; whoever receives a batch owns it.</summary>
/// <remarks>If images are mixed in pairs, <see cref="Labels"/> are the classes with the larger or equal weight.</remarks>
internal sealed record Batch(Tensor Images, Tensor Labels) : IDisposable
{
    /// <summary>The second class of each image [N], or null if images are not mixed.</summary>
    public Tensor? OtherLabels { get; init; }

    /// <summary>The weight of the second class; 0 to 0.5. The first class has the rest.</summary>
    public double OtherShare { get; init; }

    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
        OtherLabels?.Dispose();
    }
}
