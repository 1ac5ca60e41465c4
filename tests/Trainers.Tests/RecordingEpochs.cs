using MLVision.Trainers.Training.Results;

namespace Trainers.Tests;

/// <summary>Keeps the results of every epoch, on the thread that reports them.</summary>
internal sealed class RecordingEpochs : IProgress<EpochSummary>
{
    public List<EpochSummary> Reports { get; } = [];

    public void Report(EpochSummary value) => Reports.Add(value);
}
