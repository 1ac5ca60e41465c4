namespace Web.Training;

/// <summary>What the page is told while a training runs.</summary>
/// <param name="IsRunning">Whether it still runs; the page loads itself again when it does not.</param>
/// <param name="Message">What it is doing.</param>
/// <param name="Done">The part of that which is done, 0..1; null where it is unknown.</param>
/// <param name="Epochs">Number of epochs so far; the page fetches the curves when it grows.</param>
/// <param name="Last">The last epoch in a sentence, which is read aloud; empty before the first.</param>
internal sealed record TrainingTick(bool IsRunning, string Message, double? Done, int Epochs, string Last)
{
    /// <summary>The news of a state.</summary>
    public static TrainingTick Of(TrainingState state) => new(
        state.Status == TrainingStatus.Running, state.Message, state.Done, state.Epochs.Count,
        state.Epochs is [.., var last] ? EpochWords.Describe(last) : "");
}
