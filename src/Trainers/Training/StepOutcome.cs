using static TorchSharp.torch;

namespace MLVision.Trainers.Training;

/// <summary>What a step computed before it changed the weights; it lies on the device, and reading it waits for that.</summary>
/// <param name="Loss">The mean loss of the batch, a scalar.</param>
/// <param name="Correct">Number of inputs that were classified correctly, a scalar.</param>
/// <param name="Count">Number of inputs.</param>
internal sealed record StepOutcome(Tensor Loss, Tensor Correct, long Count) : IDisposable
{
    /// <summary>Keeps values of the current dispose scope, without what they were computed from.</summary>
    public static StepOutcome Of(Tensor loss, Tensor correct, long count) =>
        new(loss.detach().DetachFromDisposeScope(), correct.DetachFromDisposeScope(), count);

    public void Dispose()
    {
        Loss.Dispose();
        Correct.Dispose();
    }
}
