using MLVision.Trainers.Options;
using MLVision.Trainers.Training.Rates;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training;

/// <summary>An optimizer for groups of weights, each with its share of the learning rate.</summary>
internal sealed class GroupedOptimizer : IDisposable
{
    private const double VarianceDecay = 0.999;     // AdamW's second beta, and what keeps it from dividing by zero: Kingma and Ba 2015
    private const double Epsilon = 1e-8;
    private const double RateToCome = 0;            // every step sets its own rate

    private readonly IReadOnlyList<WeightGroup> _groups;

    /// <summary>Makes an optimizer for groups of weights.</summary>
    /// <param name="algorithm">The kind of optimizer.</param>
    /// <param name="groups">The weights to change.</param>
    /// <param name="weightDecay">Share of the weights that decays: SGD adds it to the gradient, AdamW subtracts it times the rate.</param>
    /// <param name="momentum">Whether there is momentum; each step sets its value.</param>
    public GroupedOptimizer(TrainingOptimizer algorithm, IEnumerable<WeightGroup> groups, double weightDecay, double momentum)
    {
        _groups = [.. groups];
        Torch = algorithm switch
        {
            TrainingOptimizer.AdamW => optim.AdamW(
                _groups.Select(group => new AdamW.ParamGroup(group.Weights, RateToCome, momentum, VarianceDecay, Epsilon, Decay(group)))),
            _ => optim.SGD(
                _groups.Select(
                    group => new SGD.ParamGroup(group.Weights, RateToCome, momentum, weight_decay: Decay(group), nesterov: momentum > 0)),
                RateToCome),
        };

        double Decay(WeightGroup group) => group.IsDecayed ? weightDecay : 0;
    }

    /// <summary>TorchSharp's optimizer, with its state.</summary>
    public OptimizerHelper Torch { get; }

    /// <summary>
    /// Drops the last step's gradients. The next ones take their place; zeros would have to be written and added to.
    /// </summary>
    public void ZeroGradients()
    {
        foreach (var weight in _groups.SelectMany(group => group.Weights))
        {
            weight.grad = null;
        }
    }

    /// <summary>Scales all gradients by one factor so that their common norm is at most the given one.</summary>
    /// <remarks>Source: Pascanu et al. 2013, algorithm 1, arXiv:1211.5063.</remarks>
    /// <param name="maxNorm">Largest norm; 0 for no limit.</param>
    public void ClipGradients(double maxNorm)
    {
        if (maxNorm > 0)
        {
            nn.utils.clip_grad_norm_(_groups.SelectMany(group => group.Weights), maxNorm);
        }
    }

    /// <summary>Changes the weights.</summary>
    public void Step(StepRates rates)
    {
        foreach (var (options, group) in Torch.ParamGroups.Zip(_groups))
        {
            options.LearningRate = rates.LearningRate * group.RateFactor;
            SetMomentum(options, rates.Momentum);
        }

        Torch.step();
    }

    public void Dispose() => Torch.Dispose();

    private static void SetMomentum(optim.ILearningRateController options, double momentum)
    {
        switch (options)
        {
            case SGD.ParamGroup sgd:
                sgd.Options.momentum = momentum;
                break;
            case AdamW.ParamGroup adam:
                adam.Options.beta1 = momentum;
                break;
        }
    }
}
