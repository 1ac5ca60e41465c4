using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using MLVision.MLNetExtensions;

namespace MLVision.Cli.Benchmarks.Scoring;

/// <summary>The measurements of one way of scoring, turn by turn.</summary>
/// <param name="name">Its name; see <see cref="ScoringPathName"/>.</param>
/// <param name="open">Opens it for a turn.</param>
internal sealed class ScoringMeasurement(string name, Func<ScoringPath> open)
{
    private readonly List<double> _imagesPerSecond = [];
    private readonly List<double> _bytesPerImage = [];
    private double _peak;

    /// <summary>The way's name.</summary>
    public string Name => name;

    /// <summary>The result over all turns.</summary>
    public ScoringPathResult Result => new(name, Median(_imagesPerSecond), Median(_bytesPerImage), _peak);

    /// <summary>Runs one turn.</summary>
    /// <param name="images">The images to score.</param>
    /// <param name="warmUp">How many of them are scored once before, uncounted.</param>
    /// <param name="cancellationToken">Stops after the current image.</param>
    /// <returns>Whether the peak memory is that of this turn alone.</returns>
    public bool Measure(string[] images, int warmUp, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var isPeakOwn = PeakMemory.TryForget();
        try
        {
            Time(images, warmUp, cancellationToken);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ImageClassificationException(
                $"ONNX Runtime gave up in '{name}' ({e.Message.Split('\n')[0].TrimEnd()}): the device lacks memory, or the model is " +
                "damaged.",
                e);
        }

        return isPeakOwn;
    }

    private void Time(string[] images, int warmUp, CancellationToken cancellationToken)
    {
        using var path = open();
        path.Score(Spread(images, warmUp), cancellationToken);
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var start = Stopwatch.GetTimestamp();
        path.Score(images, cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        _bytesPerImage.Add((GC.GetTotalAllocatedBytes(precise: true) - bytes) / (double)images.Length);
        _imagesPerSecond.Add(images.Length / seconds);
        _peak = Math.Max(_peak, PeakMemory.Megabytes);
    }

    /// <summary>
    /// A sample of the images, evenly spaced: small and large ones, so that buffers of all sizes exist afterwards.
    /// </summary>
    private static string[] Spread(string[] images, int count) =>
        [.. Enumerable.Range(0, Math.Min(count, images.Length))
            .Select(i => images[(int)((long)i * images.Length / Math.Min(count, images.Length))])];

    private static double Median(List<double> values)
    {
        var ordered = values.Order().ToList();
        return (ordered[(ordered.Count - 1) / 2] + ordered[ordered.Count / 2]) / 2;
    }
}
