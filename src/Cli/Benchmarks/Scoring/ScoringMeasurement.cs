using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using MLVision.MLNetExtensions;

namespace MLVision.Cli.Benchmarks.Scoring;

/// <summary>The measurements of one way of scoring, turn by turn.</summary>
/// <param name="name">Its name; see <see cref="ScoringPathName"/>.</param>
/// <param name="open">Opens it.</param>
/// <param name="staysOpen">Whether it is opened once for all turns; otherwise for each of them.</param>
internal sealed class ScoringMeasurement(string name, Func<ScoringPath> open, bool staysOpen) : IDisposable
{
    private const double BytesPerMegabyte = 1e6;

    private readonly List<double> _imagesPerSecond = [];
    private readonly List<double> _bytesPerImage = [];
    private ScoringPath? _path;
    private double _peak;

    /// <summary>The way's name.</summary>
    public string Name => name;

    /// <summary>The result over all turns.</summary>
    public ScoringPathResult Result => new(name, Median(_imagesPerSecond), Median(_bytesPerImage), _peak);

    /// <summary>Runs one turn.</summary>
    /// <param name="images">The images to score.</param>
    /// <param name="warmUp">How many of them are scored before, uncounted; in the turn that opens the way.</param>
    /// <param name="warmUpAgain">How many in later turns of a way that stays open.</param>
    /// <param name="idleMegabytes">Resident memory, in 10⁶ bytes, before any way was open.</param>
    /// <param name="cancellationToken">Stops after the current image.</param>
    /// <returns>Whether the peak memory is that of this way alone.</returns>
    public bool Measure(string[] images, int warmUp, int warmUpAgain, double idleMegabytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var isOpening = _path is null;
        var others = staysOpen ? Environment.WorkingSet / BytesPerMegabyte - idleMegabytes : 0;
        var isPeakOwn = PeakMemory.TryForget();
        try
        {
            _path ??= open();
            Time(_path, images, isOpening ? warmUp : warmUpAgain, cancellationToken);
            if (isOpening)
            {
                _peak = Math.Max(_peak, PeakMemory.Megabytes - (isPeakOwn ? others : 0));
            }
        }
        catch (OnnxRuntimeException e)
        {
            throw new ImageClassificationException(
                $"ONNX Runtime gave up in '{name}' ({e.Message.Split('\n')[0].TrimEnd()}): the device lacks memory, or the model is " +
                "damaged.",
                e);
        }
        finally
        {
            if (!staysOpen)
            {
                Dispose();
            }
        }

        return isPeakOwn;
    }

    /// <summary>Closes the way.</summary>
    public void Dispose()
    {
        _path?.Dispose();
        _path = null;
    }

    private void Time(ScoringPath path, string[] images, int warmUp, CancellationToken cancellationToken)
    {
        path.Score(Spread(images, warmUp), cancellationToken);
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var start = Stopwatch.GetTimestamp();
        var count = path.Score(images, cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        _bytesPerImage.Add((GC.GetTotalAllocatedBytes(precise: true) - bytes) / (double)count);
        _imagesPerSecond.Add(count / seconds);
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
