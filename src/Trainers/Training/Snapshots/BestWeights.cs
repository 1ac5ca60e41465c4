using MLVision.Trainers.Training.Results;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Training.Snapshots;

/// <summary>Keeps the weights of the epoch with the best validation results, and restores them at the end.</summary>
/// <remarks>Without validation images the last epoch counts as the best.</remarks>
internal sealed class BestWeights : IDisposable
{
    private readonly Module _part;
    private Dictionary<string, Tensor> _kept = [];

    /// <summary>Keeps the weights of a network, or of the part of it that is trained.</summary>
    /// <param name="part">The module that is trained.</param>
    /// <param name="soFar">The epoch that its current weights belong to, or null before the first epoch.</param>
    public BestWeights(Module part, EpochSummary? soFar = null)
    {
        _part = part;
        if (soFar is not null)
        {
            Consider(soFar);
        }
    }

    /// <summary>The best epoch so far.</summary>
    public EpochSummary? Epoch { get; private set; }

    /// <summary>Its weights by key; empty if nothing was validated.</summary>
    public IReadOnlyDictionary<string, Tensor> Kept => _kept;

    /// <summary>Epochs since the best one.</summary>
    public int EpochsSince { get; private set; }

    /// <summary>Restores the best epoch that an earlier process saved. Its weights follow through <see cref="Keep"/>.</summary>
    public void Resume(EpochSummary best, int epochsSince) => (Epoch, EpochsSince) = (best, epochsSince);

    /// <summary>Stores copies of the best epoch's weights.</summary>
    public void Keep(IReadOnlyDictionary<string, Tensor> weights)
    {
        Release();
        _kept = weights.ToDictionary(entry => entry.Key, entry => entry.Value.clone().DetachFromDisposeScope());
    }

    /// <summary>Call it after every epoch, while the module has that epoch's weights.</summary>
    public void Consider(EpochSummary summary)
    {
        EpochsSince++;
        if (Epoch is not null && !IsBetter(summary, Epoch))
        {
            return;
        }

        (Epoch, EpochsSince) = (summary, 0);
        if (summary.ValidationAccuracy is not null)
        {
            using var untracked = no_grad();
            Keep(_part.state_dict().Where(entry => entry.Value.dtype == ScalarType.Float32)
                .ToDictionary(entry => entry.Key, entry => entry.Value));
        }
    }

    /// <summary>Restores the best epoch's weights.</summary>
    public void Restore()
    {
        using var untracked = no_grad();
        foreach (var (key, weight) in _part.state_dict())
        {
            if (_kept.TryGetValue(key, out var kept))
            {
                weight.copy_(kept);
            }
        }
    }

    public void Dispose() => Release();

    /// <summary>More correct images, or as many and a smaller loss; without validation, the later epoch.</summary>
    private static bool IsBetter(EpochSummary a, EpochSummary b) =>
        (a.ValidationAccuracy, b.ValidationAccuracy) is not ({ } accuracy, { } best)
        || accuracy > best
        || (accuracy == best && a.ValidationLoss < b.ValidationLoss);

    private void Release()
    {
        foreach (var tensor in _kept.Values)
        {
            tensor.Dispose();
        }

        _kept = [];
    }
}
