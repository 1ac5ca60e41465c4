using MLVision.Trainers.Weights.Published;

namespace Trainers.Tests.Weights.Published;

/// <summary>Keeps every report, on the thread that made it, and may act on it.</summary>
internal sealed class RecordingDownloadProgress(Action<DownloadProgress>? act = null) : IProgress<DownloadProgress>
{
    public List<DownloadProgress> Reports { get; } = [];

    public void Report(DownloadProgress value)
    {
        Reports.Add(value);
        act?.Invoke(value);
    }
}
