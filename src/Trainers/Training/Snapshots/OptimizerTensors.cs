using System.Globalization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Snapshots;

/// <summary>The state that an optimizer keeps for each weight, as named tensors.</summary>
internal static class OptimizerTensors
{
    /// <summary>The tensors; they still belong to the optimizer.</summary>
    public static IEnumerable<KeyValuePair<string, Tensor>> Of(OptimizerHelper optimizer)
    {
        foreach (var (i, state) in optimizer.state_dict().State.Index())
        {
            switch (state)
            {
                case SGD.State { momentum_buffer: not null } sgd:
                    yield return Named(i, "momentum", sgd.momentum_buffer);
                    break;
                case AdamW.State adam:
                    yield return Named(i, "mean", adam.exp_avg);
                    yield return Named(i, "variance", adam.exp_avg_sq);
                    break;
            }
        }
    }

    /// <summary>Number of steps that the optimizer has made if its method uses that; otherwise 0.</summary>
    public static long Steps(OptimizerHelper optimizer) =>
        optimizer.state_dict().State.OfType<AdamW.State>().Select(state => state.step).FirstOrDefault();

    /// <summary>Restores saved tensors.</summary>
    public static void Restore(OptimizerHelper optimizer, IReadOnlyDictionary<string, Tensor> saved)
    {
        foreach (var (i, (state, weight)) in optimizer.state_dict().State.Zip(optimizer.parameters()).Index())
        {
            switch (state)
            {
                case SGD.State sgd when saved.TryGetValue(Name(i, "momentum"), out var momentum):
                    sgd.momentum_buffer = momentum.to(weight.device, copy: true).DetachFromDisposeScope();
                    break;
                case AdamW.State adam:
                    adam.exp_avg.copy_(saved[Name(i, "mean")]);
                    adam.exp_avg_sq.copy_(saved[Name(i, "variance")]);
                    break;
            }
        }
    }

    /// <summary>Sets the number of steps made.</summary>
    public static void RestoreSteps(OptimizerHelper optimizer, long steps)
    {
        foreach (var state in optimizer.state_dict().State.OfType<AdamW.State>())
        {
            state.step = steps;
        }
    }

    private static KeyValuePair<string, Tensor> Named(int index, string what, Tensor value) => new(Name(index, what), value);

    private static string Name(int index, string what) => string.Create(CultureInfo.InvariantCulture, $"{index}/{what}");
}
