using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Training.Snapshots;

/// <summary>An exponential moving average of the weights and batch norm statistics of a network, or of a part of it.</summary>
/// <remarks>
/// After step n, counted from 0: average ← d · average + (1 − d) · weights, with d = min(decay, (1 + n) / (10 + n)), so that even a short
/// training forgets its first weights. It begins with the current weights. Source: torchvision's reference training
/// (ExponentialMovingAverage with use_buffers); the rising decay is that of TensorFlow's ExponentialMovingAverage (num_updates).
/// </remarks>
internal sealed class WeightAverage : IDisposable
{
    private readonly double _decay;
    private readonly Dictionary<string, Tensor> _weights;
    private readonly Dictionary<string, Tensor> _averages;

    /// <summary>Begins with the current weights.</summary>
    /// <param name="part">The network, or the part of it that is trained.</param>
    /// <param name="decay">The largest share of the average that a step keeps; above 0, below 1.</param>
    public WeightAverage(Module part, double decay)
    {
        _decay = decay;
        _weights = part.state_dict().Where(entry => entry.Value.dtype == ScalarType.Float32)
            .ToDictionary(entry => entry.Key, entry => entry.Value);
        _averages = Copies(_weights);
    }

    /// <summary>The averages by key; they belong to this object.</summary>
    public IReadOnlyDictionary<string, Tensor> Averages => _averages;

    /// <summary>An average with a decay, or null if the decay is 0.</summary>
    public static WeightAverage? Of(Module part, double decay) => decay > 0 ? new WeightAverage(part, decay) : null;

    /// <summary>Adds the weights after a step, counted from 0 over all epochs.</summary>
    public void Update(int step)
    {
        using var untracked = no_grad();
        var kept = Math.Min(_decay, (1.0 + step) / (10.0 + step));
        foreach (var (key, average) in _averages)
        {
            average.lerp_(_weights[key], 1 - kept);
        }
    }

    /// <summary>Restores averages that an earlier process saved.</summary>
    public void Restore(IReadOnlyDictionary<string, Tensor> saved) => Copy(saved, _averages);

    /// <summary>Gives the network the averages until disposed; then it has its own weights again.</summary>
    public IDisposable Apply() => new Exchange(this);

    /// <summary>Gives the network the averages permanently.</summary>
    public void ApplyForGood() => Copy(_averages, _weights);

    public void Dispose() => Release(_averages);

    private static Dictionary<string, Tensor> Copies(IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var untracked = no_grad();
        return tensors.ToDictionary(entry => entry.Key, entry => entry.Value.detach().clone().DetachFromDisposeScope());
    }

    private static void Copy(IReadOnlyDictionary<string, Tensor> from, IReadOnlyDictionary<string, Tensor> to)
    {
        using var untracked = no_grad();
        foreach (var (key, tensor) in to)
        {
            tensor.copy_(from[key]);
        }
    }

    private static void Release(Dictionary<string, Tensor> tensors)
    {
        foreach (var tensor in tensors.Values)
        {
            tensor.Dispose();
        }

        tensors.Clear();
    }

    private sealed class Exchange : IDisposable
    {
        private readonly WeightAverage _average;
        private readonly Dictionary<string, Tensor> _own;

        public Exchange(WeightAverage average)
        {
            (_average, _own) = (average, Copies(average._weights));
            average.ApplyForGood();
        }

        public void Dispose()
        {
            Copy(_own, _average._weights);
            Release(_own);
        }
    }
}
