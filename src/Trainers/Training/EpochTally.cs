using System.Diagnostics;
using MLVision.Trainers.Training.Batches;
using MLVision.Trainers.Training.Recipe;
using MLVision.Trainers.Training.Results;
using TorchSharp;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training;

/// <summary>Adds up what the steps of an epoch computed, stops a training that diverged, and reports progress.</summary>
/// <remarks>
/// Reading a value waits until a GPU has done all that it was given, and meanwhile nothing new is given to it. So the outcomes of several
/// steps are read at once there; on a CPU, which computes as it is called, each is read after its step.
/// </remarks>
/// <param name="epoch">The epoch, from 1.</param>
/// <param name="phase">Its phase.</param>
/// <param name="inputs">What is learned from: steps per epoch, and the device.</param>
/// <param name="progress">Called after every reading, or null.</param>
internal sealed class EpochTally(int epoch, PhaseRecipe phase, IBatches inputs, IProgress<TrainingProgress>? progress) : IDisposable
{
    private const int StepsAtOnceOnGpu = 8;

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly List<(StepOutcome Outcome, double LearningRate)> _unread = [];
    private double _losses;
    private long _correct;
    private long _seen;
    private double _learningRate;

    /// <summary>Steps that are read at once.</summary>
    public int StepsAtOnce { get; init; } = inputs.Device.type == DeviceType.CPU ? 1 : StepsAtOnceOnGpu;

    /// <summary>Steps added so far.</summary>
    public int Steps { get; private set; }

    /// <summary>Adds a step. The outcome belongs to this object from then on.</summary>
    /// <exception cref="TrainingDivergedException">The loss of this step, or of one before it, is NaN or infinite.</exception>
    public void Add(StepOutcome outcome, double learningRate)
    {
        _unread.Add((outcome, learningRate));
        Steps++;
        if (_unread.Count >= StepsAtOnce || Steps == inputs.Steps)
        {
            Read();
        }
    }

    /// <summary>The results of the epoch.</summary>
    /// <exception cref="TrainingDivergedException">As for <see cref="Add"/>.</exception>
    public EpochSummary Summarize()
    {
        Read();
        return new EpochSummary
        {
            Epoch = epoch,
            Phase = phase.Phase,
            LearningRate = _learningRate,
            Loss = _losses / _seen,
            Accuracy = (double)_correct / _seen,
            ImagesPerSecond = _seen / _watch.Elapsed.TotalSeconds,
            Seconds = _watch.Elapsed.TotalSeconds,
        };
    }

    public void Dispose() => Forget();

    private void Read()
    {
        if (_unread.Count == 0)
        {
            return;
        }

        var firstStep = Steps - _unread.Count + 1;
        foreach (var (i, (loss, correct)) in Values().Index())
        {
            (var outcome, _learningRate) = _unread[i];
            Divergence.Check(loss, epoch, firstStep + i, _learningRate, phase.RateOption);
            _losses += loss * outcome.Count;
            _correct += correct;
            _seen += outcome.Count;
        }

        Forget();
        progress?.Report(new TrainingProgress(
            epoch, phase.Epochs, Steps, inputs.Steps, _losses / _seen, _seen / _watch.Elapsed.TotalSeconds, phase.Phase)
        {
            LaterEpochs = phase.LaterEpochs,
        });
    }

    /// <summary>All values in one copy from the device.</summary>
    private List<(float Loss, long Correct)> Values()
    {
        using var scope = NewDisposeScope();
        var scalars = _unread.SelectMany(unread => (Tensor[])[unread.Outcome.Loss, unread.Outcome.Correct]);
        var values = stack(scalars.Select(scalar => scalar.to(ScalarType.Float64))).cpu().data<double>().ToArray();    // exact for both
        return [.. values.Chunk(2).Select(pair => ((float)pair[0], (long)pair[1]))];
    }

    private void Forget()
    {
        _unread.ForEach(unread => unread.Outcome.Dispose());
        _unread.Clear();
    }
}
