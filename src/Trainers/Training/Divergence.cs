using System.Globalization;
using MLVision.Trainers.Training.Optimizers;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training;

/// <summary>Stops a training whose loss or weights have become NaN or infinite.</summary>
internal static class Divergence
{
    /// <summary>Throws unless the loss is finite.</summary>
    /// <param name="loss">The loss of a step.</param>
    /// <param name="epoch">The step's epoch, from 1.</param>
    /// <param name="step">The step in its epoch, from 1.</param>
    /// <param name="rate">The step's learning rate.</param>
    /// <param name="option">The option that sets the rate.</param>
    /// <exception cref="TrainingDivergedException">The loss is NaN or infinite.</exception>
    public static void Check(float loss, int epoch, int step, double rate, string option)
    {
        if (!float.IsFinite(loss))
        {
            throw new TrainingDivergedException(string.Create(
                CultureInfo.InvariantCulture,
                $"The loss became {loss} in epoch {epoch}, step {step}, at learning rate {rate:0.######}: try a smaller {option}."));
        }
    }

    /// <summary>Throws unless all weights are finite: an epoch's last step can spoil them after its loss was still finite.</summary>
    /// <param name="weights">What was trained.</param>
    /// <param name="epoch">The epoch that ended, from 1.</param>
    /// <exception cref="TrainingDivergedException">A weight is NaN or infinite.</exception>
    public static void Check(FlatWeights weights, int epoch)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        if (!IsFinite(weights.All))
        {
            var spoiled = weights.Named(weights.All).First(weight => !IsFinite(weight.Value)).Key;
            throw new TrainingDivergedException(
                $"Weight '{spoiled}' became NaN or infinite in epoch {epoch}: try a smaller learning rate.");
        }
    }

    /// <summary>The smallest and the largest are NaN where any value is.</summary>
    private static bool IsFinite(Tensor values) =>
        float.IsFinite(values.min().item<float>()) && float.IsFinite(values.max().item<float>());
}
