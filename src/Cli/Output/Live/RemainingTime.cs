using MLVision.Trainers.Training.Results;

namespace MLVision.Cli.Output.Live;

/// <summary>Estimates how long a training still takes, all of its phases together.</summary>
/// <remarks>
/// Within a phase, epochs take as long as the last one did, or as the steps of the first one suggest. Before fine-tuning begins, its epochs
/// are taken for three times the pass that finds features, because a step back costs twice a step forward.
/// </remarks>
/// <param name="images">Number of images to learn from.</param>
/// <param name="time">The clock.</param>
internal sealed class RemainingTime(int images, TimeProvider time)
{
    private const double StepsOfForwardPass = 3;

    private int _firstStep;
    private long _firstReport;
    private (TrainingPhase Phase, int Epoch) _current;
    private EpochSummary? _last;
    private double? _forwardSeconds;

    /// <summary>Whether the estimate rests on the guess about fine-tuning.</summary>
    public bool IsRough { get; private set; }

    /// <summary>Notes what an epoch took.</summary>
    public void Add(EpochSummary epoch) => _last = epoch;

    /// <summary>What is left; null where nothing is known yet.</summary>
    public TimeSpan? After(TrainingProgress now)
    {
        if (_current != (now.Phase, now.Epoch) || now.Step <= _firstStep)
        {
            (_current, _firstStep, _firstReport) = ((now.Phase, now.Epoch), now.Step, time.GetTimestamp());
        }

        if (now.Phase == TrainingPhase.Features && now.ImagesPerSecond > 0)
        {
            _forwardSeconds = images / now.ImagesPerSecond;
        }

        var before = _last?.Phase == now.Phase ? _last : null;
        if (before is null && now.Step == _firstStep)
        {
            return null;        // when its first step began is not known
        }

        var training = before?.Seconds
            ?? time.GetElapsedTime(_firstReport).TotalSeconds / (now.Step - _firstStep) * now.Steps;
        var checking = before?.ValidationSeconds ?? 0;
        var ofPhase = (training * (1 - ((double)now.Step / now.Steps))) + checking + ((now.Epochs - now.Epoch) * (training + checking));
        IsRough = now.LaterEpochs > 0;
        return IsRough && _forwardSeconds is null
            ? null
            : TimeSpan.FromSeconds(ofPhase + (now.LaterEpochs * StepsOfForwardPass * (_forwardSeconds ?? 0)));
    }
}
