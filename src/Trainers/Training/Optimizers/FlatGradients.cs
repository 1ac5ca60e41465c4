using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Optimizers;

/// <summary>The gradients of a step: one tensor [values] for each trained range of <see cref="FlatWeights"/>.</summary>
/// <param name="Ranges">The tensors, which may be changed.</param>
internal sealed record FlatGradients(IReadOnlyList<Tensor> Ranges)
{
    private const double Epsilon = 1e-6;        // added to the norm, as PyTorch does

    /// <summary>Scales all gradients by one factor so that their common norm is at most the given one.</summary>
    /// <remarks>Does not wait for the device. Source: Pascanu et al. 2013, algorithm 1, arXiv:1211.5063.</remarks>
    /// <param name="maxNorm">Largest norm; 0 for no limit.</param>
    public void Clip(double maxNorm)
    {
        if (maxNorm == 0)
        {
            return;
        }

        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var norm = stack(Ranges.Select(range => range.norm())).norm();
        var factor = (maxNorm / (norm + Epsilon)).clamp_max_(1);
        foreach (var range in Ranges)
        {
            range.mul_(factor);
        }
    }
}
