using MLVision.Trainers.Options;
using MLVision.Trainers.Training.Rates;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Optimizers;

/// <summary>Changes the trained ranges of <see cref="FlatWeights"/>, each at its share of the learning rate.</summary>
internal abstract class WeightOptimizer : IDisposable
{
    private readonly List<(WeightRange Range, Tensor Weights, long Offset)> _ranges = [];
    private readonly Dictionary<string, Tensor> _state = [];
    private readonly FlatWeights _weights;
    private readonly double _weightDecay;
    private readonly long _length;

    /// <summary>Prepares for a module's weights.</summary>
    /// <param name="weights">The weights, which must exist as long as this.</param>
    /// <param name="weightDecay">How much those that decay are pulled towards zero.</param>
    protected WeightOptimizer(FlatWeights weights, double weightDecay)
    {
        (_weights, _weightDecay) = (weights, weightDecay);
        foreach (var range in weights.Trained)
        {
            _ranges.Add((range, weights.All.narrow(0, range.Offset, range.Length).DetachFromDisposeScope(), _length));
            _length += range.Length;
        }
    }

    /// <summary>What is kept from step to step, by name: [trained values] each.</summary>
    public IReadOnlyDictionary<string, Tensor> State => _state;

    /// <summary>Number of steps made.</summary>
    public long Steps { get; private set; }

    /// <summary>Makes an optimizer.</summary>
    /// <param name="algorithm">The kind of optimizer.</param>
    /// <param name="weights">The weights to change.</param>
    /// <param name="weightDecay">
    /// Share of the weights that decays: SGD and Adam add it to the gradient, AdamW subtracts it times the rate.
    /// </param>
    /// <param name="momentum">Whether there is momentum; each step sets its value.</param>
    public static WeightOptimizer Of(TrainingOptimizer algorithm, FlatWeights weights, double weightDecay, double momentum) =>
        algorithm == TrainingOptimizer.Sgd
            ? new GradientDescent(weights, weightDecay, hasMomentum: momentum > 0)
            : new Adam(weights, weightDecay, isDecayApart: algorithm == TrainingOptimizer.AdamW);

    /// <summary>Changes the weights.</summary>
    /// <param name="gradients">The gradients, whose memory is used for other things afterwards.</param>
    /// <param name="rates">The step's rates.</param>
    public void Step(FlatGradients gradients, StepRates rates)
    {
        using var untracked = no_grad();
        Steps++;
        foreach (var ((range, weights, offset), gradient) in _ranges.Zip(gradients.Ranges))
        {
            using var scope = NewDisposeScope();
            Change(
                weights, gradient, name => _state[name].narrow(0, offset, range.Length), rates.LearningRate * range.RateFactor,
                rates.Momentum, range.IsDecayed ? _weightDecay : 0);
        }

        _weights.Refresh();
    }

    /// <summary>Restores what an earlier process saved.</summary>
    public void Restore(IReadOnlyDictionary<string, Tensor> state)
    {
        using var untracked = no_grad();
        foreach (var (name, values) in _state)
        {
            values.copy_(state[name]);
        }
    }

    /// <summary>Restores the number of steps made.</summary>
    public void Restore(long steps) => Steps = steps;

    public void Dispose()
    {
        foreach (var tensor in _ranges.Select(range => range.Weights).Concat(_state.Values))
        {
            tensor.Dispose();
        }
    }

    /// <summary>Keeps a value for each trained weight, zero at first.</summary>
    protected void Keep(string name) =>
        _state.Add(name, zeros([_length], ScalarType.Float32, _weights.All.device).DetachFromDisposeScope());

    /// <summary>Changes the weights of a range.</summary>
    /// <remarks>
    /// Numbers are passed as a Scalar that is disposed of at once: left to the finalizers, those of many ranges would lie between freed
    /// activations, which then cannot be merged.
    /// </remarks>
    /// <param name="weights">The weights [n].</param>
    /// <param name="gradient">Their gradients [n], which may be changed.</param>
    /// <param name="state">Gives what is kept for them, by name: [n].</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="momentum">The momentum.</param>
    /// <param name="decay">How much they are pulled towards zero.</param>
    protected abstract void Change(
        Tensor weights, Tensor gradient, Func<string, Tensor> state, double rate, double momentum, double decay);
}
