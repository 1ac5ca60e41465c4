using static TorchSharp.torch;

namespace Trainers.Training;

/// <summary>Images [N, 3, H, W], normalised, and their classes [N]; whoever receives a batch owns it.</summary>
internal sealed record Batch(Tensor Images, Tensor Labels) : IDisposable
{
    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
    }
}
