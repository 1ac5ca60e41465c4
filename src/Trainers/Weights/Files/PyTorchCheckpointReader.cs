using System.Numerics;
using MLVision.Trainers.Weights.Files.Pickle;
using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights.Files;

/// <summary>Reads the two formats of <c>torch.save</c>: the zip archive of PyTorch 1.6 and later, and the one before it.</summary>
/// <remarks>Source: torch/serialization.py, _save and _legacy_save. Only the tensors are read.</remarks>
internal static class PyTorchCheckpointReader
{
    private const string BigEndian = "it was saved on a big-endian machine; load and save it in Python on a little-endian one";

    // A state dictionary's pickle has some 200 bytes per tensor. A crafted one may expand to seventy times its length in memory.
    private const int LongestPickle = 8 << 20;
    private const int LegacyProtocol = 1001;
    private const string PickleName = "data.pkl";

    private static readonly Dictionary<string, string> NothingSaid = [];
    private static readonly BigInteger LegacyMagic = BigInteger.Parse("119547037146038801333356", provider: null);

    /// <summary>Reads a zip archive: <c>NAME/data.pkl</c>, and each storage as <c>NAME/data/KEY</c>.</summary>
    /// <exception cref="WeightsFileException">The file is damaged or refused.</exception>
    public static CheckpointContent ReadZip(MappedFile file)
    {
        var zip = new ZipDirectory(file);
        var pickles = zip.Names.Where(name => name.Split('/', 3) is [_, PickleName]).ToList();
        if (pickles is not [var pickleName])
        {
            throw pickles.Count == 0
                ? ForeignFile.OfArchive(zip).Refusal(file)
                : file.Refused($"it is a zip archive with {pickles.Count} pickles instead of one, not one of torch.save");
        }

        var root = pickleName[..^PickleName.Length];
        if (zip.Find(root + "byteorder") is { } order && !Bytes(file, order).SequenceEqual("little"u8))
        {
            throw file.Refused(BigEndian);
        }

        var pickle = zip.Find(pickleName)!.Value;
        if (pickle.Length > LongestPickle)
        {
            throw file.Refused($"its pickle is longer than {LongestPickle} bytes; save model.state_dict() alone");
        }

        var unpickler = new Unpickler(file, Bytes(file, pickle));
        var (tensors, inert) = PickledTensors.Find(file, unpickler.Load());
        var prefix = root + "data/";
        var keys = zip.Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(name => name[prefix.Length..], StringComparer.Ordinal);
        var resolved = Resolve(file, tensors, storage => keys.TryGetValue(storage.Key, out var name) ? zip.Find(name) : null);
        return new CheckpointContent(resolved, inert, NothingSaid);
    }

    /// <summary>Reads the older format: five pickles (magic number, version, machine, object, keys), then the keys' storages.</summary>
    /// <exception cref="WeightsFileException">The file is damaged or refused.</exception>
    public static CheckpointContent ReadLegacy(MappedFile file)
    {
        long at = 0;
        var magic = LoadNext(file, ref at, out _);
        if (magic is not BigInteger number || number != LegacyMagic || LoadNext(file, ref at, out _) is not (long)LegacyProtocol)
        {
            throw file.Refused("it is a pickle, but not one of torch.save");
        }

        var machine = LoadNext(file, ref at, out _) as PickledDictionary;
        if (machine is not null && machine.Pairs.Any(pair => pair is { Key: "little_endian", Value: false }))
        {
            throw file.Refused(BigEndian);
        }

        var (tensors, inert) = PickledTensors.Find(file, LoadNext(file, ref at, out var calls));
        var keys = LoadNext(file, ref at, out _) as List<object?> ?? throw file.Damaged("its list of storages is missing");
        var ranges = new Dictionary<string, StorageRange>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            if (key is string unknown && calls.UnknownStorages.TryGetValue(unknown, out var type))
            {
                throw file.Refused(
                    $"its storage {MappedFile.Quote(unknown)} is a {MappedFile.Quote(type)}, which is not known; save " +
                    "model.state_dict() alone");
            }

            if (key is not string name
                || !calls.Storages.TryGetValue(name, out var storage)
                || !ranges.TryAdd(name, LegacyRange(file, storage, ref at)))
            {
                throw file.Damaged("its list of storages does not match its tensors");
            }
        }

        var resolved = Resolve(file, tensors, storage => ranges.TryGetValue(storage.Key, out var range) ? range : null);
        return new CheckpointContent(resolved, inert, NothingSaid);
    }

    private static object? LoadNext(MappedFile file, ref long at, out PickledCalls calls)
    {
        var unpickler = new Unpickler(file, file.Bytes(at, Math.Min(file.Length - at, LongestPickle)));
        var value = unpickler.Load();
        at += unpickler.Position;
        calls = unpickler.Calls;
        return value;
    }

    /// <summary>A storage's number of elements as eight bytes, then its elements.</summary>
    private static StorageRange LegacyRange(MappedFile file, PickledStorage storage, ref long at)
    {
        var count = BitConverter.ToInt64(file.Bytes(at, sizeof(long)));
        var start = at + sizeof(long);
        if (count < 0 || count > (file.Length - start) / storage.Type.Size())
        {
            throw file.Damaged($"its storage {MappedFile.Quote(storage.Key)} claims {count} elements, and the file ends before them");
        }

        var range = new StorageRange(start, count * storage.Type.Size());
        at = start + range.Length;
        return range;
    }

    private static List<SavedTensor> Resolve(
        MappedFile file, IReadOnlyList<NamedPickledTensor> tensors, Func<PickledStorage, StorageRange?> locate)
    {
        var resolved = new List<SavedTensor>(tensors.Count);

        // Look up each storage once: its key may be long, and there may be many tensors.
        var ranges = new Dictionary<PickledStorage, StorageRange>(ReferenceEqualityComparer.Instance);
        foreach (var (path, nameStart, tensor) in tensors)
        {
            var name = path[nameStart..];
            var storage = tensor.Storage;
            if (!ranges.TryGetValue(storage, out var range))
            {
                var whole = locate(storage)
                    ?? throw file.Damaged($"storage {MappedFile.Quote(storage.Key)} of tensor {MappedFile.Quote(name)} is missing");
                ranges[storage] = range = Part(file, storage, whole);
            }

            var view = StoredTensor.View(file, name, range, storage.Type, tensor.Offset, tensor.Shape, tensor.Strides);
            resolved.Add(new SavedTensor(path, nameStart, view));
        }

        return resolved;
    }

    private static StorageRange Part(MappedFile file, PickledStorage storage, StorageRange range)
    {
        var size = storage.Type.Size();
        if (range.Length % size != 0 || range.Length / size != storage.Count)
        {
            throw file.Damaged($"storage {MappedFile.Quote(storage.Key)} has {range.Length} bytes, not {storage.Count} elements of {size}");
        }

        return storage.View switch
        {
            null => range,
            { Offset: >= 0, Count: >= 0 } view when view.Offset <= storage.Count && view.Count <= storage.Count - view.Offset =>
                new StorageRange(range.Start + (view.Offset * size), view.Count * size),
            _ => throw file.Damaged($"a view reaches outside storage {MappedFile.Quote(storage.Key)}"),
        };
    }

    private static ReadOnlySpan<byte> Bytes(MappedFile file, StorageRange range) => file.Bytes(range.Start, range.Length);
}
