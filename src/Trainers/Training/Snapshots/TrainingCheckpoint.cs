using System.Runtime.InteropServices;
using System.Text.Json;
using Google.Protobuf;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Onnx;
using MLVision.Trainers.Training.Results;
using MLVision.Trainers.Weights.Files;
using MLVision.Trainers.Weights.Files.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Training.Snapshots;

/// <summary>
/// A file from which a training can be resumed: weights, the best epoch's weights, their average, the optimizer's state, and the history.
/// </summary>
/// <remarks>
/// A safetensors file, written beside its place and renamed after every epoch, so that a complete one always exists. The one before it
/// stays beside it, and is taken where the newest is damaged, which its digest tells. It contains no random state: every epoch draws from
/// its own generators, seeded with the training's seed and the epoch's number.
/// </remarks>
/// <param name="path">The file.</param>
/// <param name="identity">The facts that identify this training, by name; a checkpoint of another training is refused.</param>
internal sealed class TrainingCheckpoint(string path, IReadOnlyDictionary<string, string> identity)
{
    private const string StateKey = "training_state";
    private const string IdentityKey = "training_identity";
    private const string ModelPrefix = "model/";
    private const string BestPrefix = "best/";
    private const string OptimizerPrefix = "optimizer/";
    private const string AveragePrefix = "average/";

    private string? _source;

    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>The file of the epoch before: <c>checkpoint.previous.safetensors</c> beside <c>checkpoint.safetensors</c>.</summary>
    public string Previous =>
        System.IO.Path.ChangeExtension(path, $".previous{System.IO.Path.GetExtension(path)}");

    /// <summary>Why the file of the epoch before was loaded; null if the newest was.</summary>
    public string? Fallback { get; private set; }

    /// <summary>Whether the file holds an epoch of this training: one was saved or loaded.</summary>
    public bool HoldsAnEpoch { get; private set; }

    /// <summary>Writes the state after an epoch.</summary>
    /// <exception cref="IOException">The file cannot be written; the previous one is intact.</exception>
    public void Save(TrainingState state, WeightsInTraining weights, BestWeights best)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var tensors = Prefixed(ModelPrefix, WeightsOf(weights.Part))
            .Concat(Prefixed(BestPrefix, best.Kept))
            .Concat(Prefixed(OptimizerPrefix, weights.Optimizer.State))
            .Concat(Prefixed(AveragePrefix, weights.Average?.Averages() ?? new Dictionary<string, Tensor>()))
            .Select(Describe).ToList();
        var about = new Dictionary<string, string>
        {
            [StateKey] = JsonSerializer.Serialize(state, TrainingReport.Json),
            [IdentityKey] = JsonSerializer.Serialize(identity),
        };
        try
        {
            Write(stream => SafetensorsWriter.Write(stream, tensors, about));
            (HoldsAnEpoch, Fallback, _source) = (true, null, path);
        }
        catch (Exception e) when (AtomicFile.WhyNotWritten(e) is not null)
        {
            var before = File.Exists(path) ? " The previous one is intact." : "";
            throw new IOException(
                $"The checkpoint '{path}' cannot be written: {AtomicFile.WhyNotWritten(e)}. Free space there, or name another file in " +
                $"CheckpointPath.{before}", e);
        }
    }

    /// <summary>The state of the last saved epoch, or of the one before if its file is damaged; null if there is no file.</summary>
    /// <exception cref="WeightsFileException">Both files are damaged.</exception>
    /// <exception cref="ImageClassificationException">The file is of another training.</exception>
    public TrainingState? Load()
    {
        var hasPrevious = File.Exists(Previous);
        if (!File.Exists(path))
        {
            return hasPrevious ? LoadPrevious($"There is no '{path}'.") : null;
        }

        WeightsFile newest;
        try
        {
            newest = WeightsFile.Open(path);
        }
        catch (WeightsFileException e)
        {
            // There is a better remedy here.
            var fault = e.Message.Replace(SafetensorsDigest.Remedy, "", StringComparison.Ordinal);
            return hasPrevious
                ? LoadPrevious(fault)
                : throw new WeightsFileException($"{fault} There is no checkpoint before it to go back to: start without resuming.", e);
        }

        using (newest)
        {
            return Read(newest);
        }
    }

    private TrainingState LoadPrevious(string reason)
    {
        try
        {
            using var file = WeightsFile.Open(Previous);
            var state = Read(file);
            Fallback = reason;
            return state;
        }
        catch (ImageClassificationException e)
        {
            throw new WeightsFileException(
                $"{reason} The checkpoint before it cannot be used either: {e.Message} Start without resuming.", e);
        }
    }

    /// <summary>
    /// Writes the file; the one before it stays beside it, unless it is damaged, or the disk has no room for three.
    /// </summary>
    private void Write(Action<Stream> write)
    {
        var before = Fallback is null ? Previous : null;
        try
        {
            AtomicFile.Write(path, write, before);
        }
        catch (Exception e) when (AtomicFile.WhyNotWritten(e) is not null && File.Exists(path) && before is not null && File.Exists(before))
        {
            File.Delete(before);
            AtomicFile.Write(path, write, before);
        }
    }

    private TrainingState Read(WeightsFile file)
    {
        try
        {
            RequireSame(file.Path, JsonSerializer.Deserialize<Dictionary<string, string>>(file.About[IdentityKey])!);
            var state = JsonSerializer.Deserialize<TrainingState>(file.About[StateKey], TrainingReport.Json)!;
            (HoldsAnEpoch, _source) = (true, file.Path);
            return state;
        }
        catch (Exception e) when (e is KeyNotFoundException or JsonException)
        {
            throw new WeightsFileException(
                $"'{file.Path}' is not a checkpoint of a training: give another file, or start without resuming.", e);
        }
    }

    /// <summary>Restores the saved weights and optimizer state.</summary>
    /// <exception cref="WeightsFileException">The file is damaged.</exception>
    public void Restore(WeightsInTraining weights, BestWeights best)
    {
        using var file = WeightsFile.Open(_source ?? path);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        foreach (var (key, weight) in WeightsOf(weights.Part))
        {
            weight.copy_(Read(file, ModelPrefix + key));
        }

        weights.Flat.Refresh();

        best.Keep(Stored(file, BestPrefix));
        weights.Optimizer.Restore(Required(file, OptimizerPrefix, weights.Optimizer.State.Keys));
        if (weights.Average is { } average)
        {
            average.Restore(Required(file, AveragePrefix, average.Averages().Keys));
        }
    }

    private void RequireSame(string source, Dictionary<string, string> saved)
    {
        foreach (var (name, value) in identity)
        {
            if (saved.GetValueOrDefault(name) is var before && before != value)
            {
                throw new ImageClassificationException(
                    $"The checkpoint '{source}' belongs to another training: {name} was {before ?? "not known"}, now it is {value}. " +
                    "Train as before, or start without resuming.");
            }
        }
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> WeightsOf(Module part) =>
        part.state_dict().Where(entry => entry.Value.dtype == ScalarType.Float32);

    private static IEnumerable<KeyValuePair<string, Tensor>> Prefixed(string prefix, IEnumerable<KeyValuePair<string, Tensor>> tensors) =>
        tensors.Select(tensor => KeyValuePair.Create(prefix + tensor.Key, tensor.Value));

    private static Dictionary<string, Tensor> Stored(WeightsFile file, string prefix) =>
        file.Tensors.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(key => key[prefix.Length..], key => Read(file, key));

    private static Dictionary<string, Tensor> Required(WeightsFile file, string prefix, IEnumerable<string> names) =>
        names.ToDictionary(name => name, name => Read(file, prefix + name));

    private static TensorProto Describe(KeyValuePair<string, Tensor> tensor)
    {
        var plain = tensor.Value.detach().cpu().contiguous();
        return new TensorProto
        {
            Name = tensor.Key,
            Dims = { plain.shape },
            DataType = (int)TensorProto.Types.DataType.Float,
            RawData = UnsafeByteOperations.UnsafeWrap(new TensorMemory(plain).Memory),
        };
    }

    private static Tensor Read(WeightsFile file, string key)
    {
        if (!file.Tensors.TryGetValue(key, out var stored))
        {
            throw new WeightsFileException($"The checkpoint '{file.Path}' lacks '{key}'.");
        }

        var tensor = empty(stored.Shape);
        stored.CopyTo(MemoryMarshal.Cast<byte, float>(tensor.bytes));
        return tensor;
    }
}
