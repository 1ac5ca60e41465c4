using MLVision.Trainers.Training.Optimizers;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Snapshots;

/// <summary>An exponential moving average of the weights and batch norm statistics of what is trained.</summary>
/// <remarks>
/// After step n, counted from 0: average ← d · average + (1 − d) · weights, with d = min(decay, (1 + n) / (10 + n)), so that even a short
/// training forgets its first weights. It begins with the current weights. Source: torchvision's reference training
/// (ExponentialMovingAverage with use_buffers); the rising decay is that of TensorFlow's ExponentialMovingAverage (num_updates).
/// </remarks>
internal sealed class WeightAverage : IDisposable
{
    private readonly double _decay;
    private readonly FlatWeights _weights;
    private readonly Tensor _average;

    /// <summary>Begins with the current weights.</summary>
    /// <param name="weights">The weights, which must exist as long as this.</param>
    /// <param name="decay">The largest share of the average that a step keeps; above 0, below 1.</param>
    public WeightAverage(FlatWeights weights, double decay)
    {
        (_decay, _weights) = (decay, weights);
        _average = Copy(weights.All);
    }

    /// <summary>An average with a decay, or null if the decay is 0.</summary>
    public static WeightAverage? Of(FlatWeights weights, double decay) => decay > 0 ? new WeightAverage(weights, decay) : null;

    /// <summary>The averages by the weights' names: views, in the current dispose scope.</summary>
    public IReadOnlyDictionary<string, Tensor> Averages() => _weights.Named(_average);

    /// <summary>Adds the weights after a step, counted from 0 over all epochs.</summary>
    public void Update(int step)
    {
        using var untracked = no_grad();
        var kept = Math.Min(_decay, (1.0 + step) / (10.0 + step));
        _average.lerp_(_weights.All, 1 - kept);
    }

    /// <summary>Restores averages that an earlier process saved.</summary>
    public void Restore(IReadOnlyDictionary<string, Tensor> saved)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, average) in Averages())
        {
            average.copy_(saved[name]);
        }
    }

    /// <summary>Gives the network the averages until disposed; then it has its own weights again.</summary>
    public IDisposable Apply() => new Exchange(this);

    /// <summary>Gives the network the averages permanently.</summary>
    public void ApplyForGood() => Set(_average);

    public void Dispose() => _average.Dispose();

    private void Set(Tensor values)
    {
        using var untracked = no_grad();
        _weights.All.copy_(values);
        _weights.Refresh();
    }

    private static Tensor Copy(Tensor values)
    {
        using var untracked = no_grad();
        return values.clone().DetachFromDisposeScope();
    }

    private sealed class Exchange : IDisposable
    {
        private readonly WeightAverage _average;
        private readonly Tensor _own;

        public Exchange(WeightAverage average)
        {
            (_average, _own) = (average, Copy(average._weights.All));
            average.ApplyForGood();
        }

        public void Dispose()
        {
            _average.Set(_own);
            _own.Dispose();
        }
    }
}
