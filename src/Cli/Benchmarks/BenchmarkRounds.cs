using System.Diagnostics;
using MLVision.Trainers.Training.Results;

namespace MLVision.Cli.Benchmarks;

/// <summary>Notes when a training reports its steps, and makes the bare steps whenever an epoch has made its last.</summary>
/// <remarks>
/// A training reports on the thread that makes the steps, and goes on when the report returns. It reports what the device has done: every
/// step on a CPU, several at once on a GPU. The time from the first report of a round to the last but one is counted.
/// </remarks>
/// <param name="steps">Bare steps of a round that are counted; one goes ahead that is not.</param>
/// <param name="open">Makes the bare loop; called once.</param>
/// <param name="cancellationToken">Stops the bare loop.</param>
internal sealed class BenchmarkRounds(int steps, Func<BareLoop> open, CancellationToken cancellationToken)
    : IProgress<TrainingProgress>, IDisposable
{
    private readonly List<double> _training = [];
    private readonly List<double> _bare = [];
    private readonly List<(int Step, long Time)> _reports = [];
    private BareLoop? _loop;

    /// <summary>Seconds of a step of the training, the mean of each round that counts.</summary>
    public IReadOnlyList<double> Training => _training;

    /// <summary>Seconds of a bare step, the mean of each round that counts.</summary>
    public IReadOnlyList<double> Bare => _bare;

    /// <summary>
    /// The most memory that the process had taken, in 10⁶ bytes, when the last round ended: nothing is exported until then.
    /// </summary>
    public double PeakMegabytes { get; private set; }

    public void Report(TrainingProgress value)
    {
        _reports.Add((value.Step, Stopwatch.GetTimestamp()));
        if (value.Step == value.Steps)
        {
            End(value.Epoch);
        }
    }

    public void Dispose() => _loop?.Dispose();

    private void End(int epoch)
    {
        _loop ??= open();
        var bare = _loop.Run(steps, cancellationToken);
        if (epoch > 1)
        {
            var (first, last) = (_reports[0], _reports[^2]);
            _training.Add(Stopwatch.GetElapsedTime(first.Time, last.Time).TotalSeconds / (last.Step - first.Step));
            _bare.Add(bare);
        }

        _reports.Clear();
        PeakMegabytes = PeakMemory.Megabytes;
    }
}
