using MLVision.Trainers.Training.Results;

namespace Trainers.Tests;

/// <summary>Keeps every report, on the thread that made it, and may act on it.</summary>
internal sealed class RecordingProgress(Action<TrainingProgress>? act = null) : IProgress<TrainingProgress>
{
    public List<TrainingProgress> Reports { get; } = [];

    public void Report(TrainingProgress value)
    {
        Reports.Add(value);
        act?.Invoke(value);
    }
}
