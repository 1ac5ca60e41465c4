using System.Diagnostics;
using MLVision.Trainers.Training.Results;

namespace MLVision.Cli.Benchmarks;

/// <summary>Notes when each step of a training ends, and makes the bare steps whenever an epoch has made its last.</summary>
/// <remarks>A training reports a step on the thread that makes it, and goes on when the report returns.</remarks>
/// <param name="steps">Bare steps of a round that are counted; one goes ahead that is not.</param>
/// <param name="open">Makes the bare loop; called once.</param>
/// <param name="cancellationToken">Stops the bare loop.</param>
internal sealed class BenchmarkRounds(int steps, Func<BareLoop> open, CancellationToken cancellationToken)
    : IProgress<TrainingProgress>, IDisposable
{
    private readonly List<double> _training = [];
    private readonly List<double> _bare = [];
    private readonly List<double> _seconds = [];
    private BareLoop? _loop;
    private long _last = Stopwatch.GetTimestamp();

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
        _seconds.Add(Stopwatch.GetElapsedTime(_last).TotalSeconds);
        if (value.Step == value.Steps)
        {
            End(value.Epoch);
        }

        _last = Stopwatch.GetTimestamp();
    }

    public void Dispose() => _loop?.Dispose();

    private void End(int epoch)
    {
        _loop ??= open();
        var bare = _loop.Run(1 + steps, cancellationToken);
        if (epoch > 1)
        {
            _training.Add(_seconds[1..^1].Average());
            _bare.Add(bare.Skip(1).Average());
        }

        _seconds.Clear();
        PeakMegabytes = PeakMemory.Megabytes;
    }
}
