using System.Globalization;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

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
    /// <param name="part">What was trained.</param>
    /// <param name="epoch">The epoch that ended, from 1.</param>
    /// <exception cref="TrainingDivergedException">A weight is NaN or infinite.</exception>
    public static void Check(Module part, int epoch)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        foreach (var (name, weight) in part.state_dict())
        {
            // The sum is finite only if all summands are: floats are too small for their sum to exceed a double's range.
            if (weight.is_floating_point() && !double.IsFinite(weight.sum(ScalarType.Float64).item<double>()))
            {
                throw new TrainingDivergedException(
                    $"Weight '{name}' became NaN or infinite in epoch {epoch}: try a smaller learning rate.");
            }
        }
    }
}
