using System.Runtime.CompilerServices;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Options;
using MLVision.Trainers.Training.Results;
using Web.Models;

namespace Web.Training;

/// <summary>Trains one model at a time, and tells how far it is.</summary>
internal sealed class TrainingRoom(
    TrainingFolders folders, ModelShelf models, IHostApplicationLifetime life, TimeProvider time, ILogger<TrainingRoom> logger)
    : IHostedService, IDisposable
{
    // With fewer images of a class there may be none to measure familiarity on.
    private const int LeastForFamiliarity = 10;
    private const string Unfinished = ".unfinished";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private TrainingState _state = TrainingState.Empty;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _cancellation;
    private Task _running = Task.CompletedTask;

    /// <summary>What is known of the last training.</summary>
    public TrainingState State => _state;

    /// <summary>Begins a training.</summary>
    /// <param name="folder">A folder below the root.</param>
    /// <param name="preset">The recipe.</param>
    /// <param name="lastLayerOnly">Whether the rest of the network stays as it is.</param>
    /// <exception cref="RefusedTrainingException">One is running, or the folder cannot be learned from.</exception>
    public void Start(string folder, TrainingPreset preset, bool lastLayerOnly)
    {
        var images = folders.Read(folder);
        lock (_lock)
        {
            if (_state.Status == TrainingStatus.Running)
            {
                throw new RefusedTrainingException(
                    StatusCodes.Status409Conflict, $"A training on '{_state.Folder}' is running. Wait for its end, or cancel it.");
            }

            var name = NewName(folder);
            _cancellation?.Dispose();
            _cancellation = new CancellationTokenSource();
            Set(new TrainingState
            {
                Status = TrainingStatus.Running,
                Folder = folder,
                Preset = preset,
                Name = name,
                Message = "Reading the images",
            });
            var options = new ImageTrainingOptions
            {
                Preset = preset,
                FineTuning = lastLayerOnly ? FineTuning.HeadOnly : FineTuning.TwoPhase,
                Outputs = OutputsFor(images),
                RememberedImages = 0,
                Progress = new Told<TrainingProgress>(step => Tell(EpochWords.Describe(step), EpochWords.Done(step))),
                EpochProgress = new Told<EpochSummary>(Add),
                Logger = logger,
                CancellationToken = _cancellation.Token,
            };
            _running = Task.Factory.StartNew(
                () => Run(images, options, name), CancellationToken.None, TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
        }
    }

    /// <summary>Cancels the training that runs; it ends within a step.</summary>
    public void Cancel()
    {
        lock (_lock)
        {
            if (_state.Status == TrainingStatus.Running)
            {
                _cancellation!.Cancel();
                Set(_state with { Message = "Cancelling", Done = null });
            }
        }
    }

    /// <summary>The state now, and after every change, a few times a second at most, until the training ends.</summary>
    public async IAsyncEnumerable<TrainingState> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, life.ApplicationStopping);
        while (true)
        {
            Task changed;
            TrainingState state;
            lock (_lock)
            {
                (state, changed) = (_state, _changed.Task);
            }

            yield return state;
            if (state.Status != TrainingStatus.Running)
            {
                yield break;
            }

            // Who left, or an application that ends, is no error of the stream's.
            await changed.WaitAsync(ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.Delay(Pause, time, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ending.IsCancellationRequested)
            {
                yield break;
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Cancels the training when the application ends.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Cancel();
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _cancellation?.Dispose();

    private void Run(IReadOnlyList<LabeledImage> images, ImageTrainingOptions options, string name)
    {
        var folder = Path.Combine(models.Folder, name);
        var unfinished = Path.Combine(models.Folder, $".{name}{Unfinished}");
        try
        {
            Directory.CreateDirectory(unfinished);
            var metrics = TrainingRun.Write(images, options, _state.Folder, unfinished, message => Tell(message, done: null));
            options.CancellationToken.ThrowIfCancellationRequested();
            Directory.Move(unfinished, folder);
            End(_state with
            {
                Status = TrainingStatus.Completed,
                Message = $"The model {name} is trained.",
                Accuracy = metrics?.MicroAccuracy,
                HeldOut = metrics?.Images ?? 0,
            });
        }
        catch (OperationCanceledException)
        {
            End(_state with { Status = TrainingStatus.Cancelled, Message = "The training was cancelled; nothing is left of it." });
        }
        catch (Exception e) when (e is ImageClassificationException or IOException or UnauthorizedAccessException)
        {
            End(_state with { Status = TrainingStatus.Failed, Message = folders.WithoutRoot(e.Message) });
        }
        catch (Exception e)
        {
            // A fault of the program's must not end the service with it; the log has the rest.
            TrainingLog.Fault(logger, e);
            End(_state with
            {
                Status = TrainingStatus.Failed,
                Message = "The training failed by a fault of the program; its log says more.",
            });
        }
        finally
        {
            Remove(unfinished);
        }
    }

    private static ModelOutputs OutputsFor(IReadOnlyList<LabeledImage> images) =>
        images.CountBy(image => image.Label).Min(label => label.Value) >= LeastForFamiliarity
            ? ModelOutputs.Heat | ModelOutputs.Familiarity : ModelOutputs.Heat;

    private void Add(EpochSummary epoch)
    {
        lock (_lock)
        {
            Set(_state with { Epochs = _state.Epochs.Add(EpochWords.Point(epoch)) });
        }
    }

    private void Tell(string message, double? done)
    {
        lock (_lock)
        {
            if (!_cancellation!.IsCancellationRequested)
            {
                Set(_state with { Message = message, Done = done });
            }
        }
    }

    private void End(TrainingState state)
    {
        lock (_lock)
        {
            Set(state with { Done = null });
        }
    }

    private void Set(TrainingState state)
    {
        _state = state;
        _changed.SetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static void Remove(string unfinished)
    {
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }
    }

    /// <summary>The folder's name in letters and digits, and a number where it is taken.</summary>
    private string NewName(string folder)
    {
        const int Longest = 60;
        const string Part = "/train";
        folder = folder.EndsWith(Part, StringComparison.Ordinal) ? folder[..^Part.Length] : folder;
        var word = string.Concat(folder.Select(c => char.IsLetterOrDigit(c) ? c : '-')).Trim('-');
        word = word.Length == 0 ? "model" : word[..Math.Min(word.Length, Longest)];
        var taken = models.List().Select(model => model.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        bool IsTaken(string name) => taken.Contains(name) || Path.Exists(Path.Combine(models.Folder, name));
        return !IsTaken(word) ? word : Enumerable.Range(2, int.MaxValue - 2).Select(number => $"{word}-{number}").First(n => !IsTaken(n));
    }
}
