using MLVision.Trainers.Training.Results;

namespace Trainers.Tests;

/// <summary>Keeps every epoch that is reported.</summary>
internal sealed class RecordingEpochs : IProgress<EpochSummary>
{
    public List<EpochSummary> Epochs { get; } = [];

    public void Report(EpochSummary value) => Epochs.Add(value);
}
