using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Text.Json;
using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights.Files;

/// <summary>Reads the safetensors format: an 8-byte header length, a JSON header, then the tensors' bytes.</summary>
/// <remarks>Source: huggingface/safetensors, README.md. Offsets are counted from the end of the header.</remarks>
internal static class SafetensorsReader
{
    // The limit of the reference implementation.
    private const int LongestHeader = 100_000_000;
    private const int PrefixLength = sizeof(ulong);
    private const string MetadataName = "__metadata__";

    private static readonly FrozenDictionary<string, ElementType> Types = new Dictionary<string, ElementType>
    {
        ["F64"] = ElementType.Float64,
        ["F32"] = ElementType.Float32,
        ["F16"] = ElementType.Float16,
        ["BF16"] = ElementType.BFloat16,
        ["I64"] = ElementType.Int64,
        ["I32"] = ElementType.Int32,
        ["I16"] = ElementType.Int16,
        ["I8"] = ElementType.Int8,
        ["U64"] = ElementType.UInt64,
        ["U32"] = ElementType.UInt32,
        ["U16"] = ElementType.UInt16,
        ["U8"] = ElementType.UInt8,
        ["BOOL"] = ElementType.Bool,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>Whether a file begins like this format.</summary>
    public static bool Recognizes(MappedFile file) => file.Length > PrefixLength && file.Bytes(PrefixLength, 1)[0] == '{';

    /// <exception cref="WeightsFileException">The file is damaged or refused.</exception>
    public static CheckpointContent Read(MappedFile file)
    {
        if (!Recognizes(file))
        {
            throw ForeignFile.Of(file).Refusal(file);
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(file.Bytes(0, PrefixLength));
        if (length > LongestHeader || length > (ulong)(file.Length - PrefixLength))
        {
            throw file.Damaged($"its header claims {length} bytes, more than the file has or {LongestHeader}");
        }

        try
        {
            using var header = JsonDocument.Parse(file.Bytes(PrefixLength, (long)length).ToArray(), Strict);
            return Read(file, header.RootElement, dataStart: PrefixLength + (long)length);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            // What System.Text.Json throws: for bad JSON, for a value of another kind or invalid text, for a number that does not fit, and
            // for a missing property.
            throw file.Damaged($"its header does not follow the format ({e.Message.TrimEnd('.')})", e);
        }
    }

    private static CheckpointContent Read(MappedFile file, JsonElement header, long dataStart)
    {
        var tensors = new List<SavedTensor>();
        var about = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in header.EnumerateObject())
        {
            if (property.Name == MetadataName)
            {
                about = property.Value.EnumerateObject()
                    .ToDictionary(text => text.Name, text => text.Value.GetString() ?? "", StringComparer.Ordinal);
            }
            else
            {
                tensors.Add(new SavedTensor(property.Name, NameStart: 0, Tensor(file, property.Name, property.Value, dataStart)));
            }
        }

        return !about.Remove(SafetensorsDigest.Name, out var digest) || SafetensorsDigest.Fits(file, dataStart, digest)
            ? new CheckpointContent(tensors, [], about)
            : throw file.Damaged(
                $"its content is not what was written, as its {SafetensorsDigest.Name} tells{SafetensorsDigest.Remedy}");
    }

    private static StoredTensor Tensor(MappedFile file, string name, JsonElement entry, long dataStart)
    {
        var typeName = entry.GetProperty("dtype").GetString() ?? "";
        if (!Types.TryGetValue(typeName, out var type))
        {
            var known = string.Join(", ", Types.Keys.Order(StringComparer.Ordinal));
            throw file.Refused($"tensor {MappedFile.Quote(name)} is of type {MappedFile.Quote(typeName)}, and known are {known}");
        }

        var shape = Numbers(file, name, entry.GetProperty("shape"), StoredTensor.MostDimensions);
        var offsets = Numbers(file, name, entry.GetProperty("data_offsets"), most: 2);
        if (offsets is not [>= 0 and var begin, var end] || begin > end || end > file.Length - dataStart)
        {
            throw file.Damaged($"the offsets of tensor {MappedFile.Quote(name)} lie outside its {file.Length - dataStart} bytes of data");
        }

        var storage = new StorageRange(dataStart + begin, end - begin);
        var tensor = StoredTensor.View(file, name, storage, type, offset: 0, shape, StoredTensor.RowMajor(shape));
        return (long)tensor.Count * type.Size() == end - begin
            ? tensor
            : throw file.Damaged($"tensor {MappedFile.Quote(name)} has {end - begin} bytes for {tensor.Count} elements of {type.Size()}");
    }

    private static long[] Numbers(MappedFile file, string name, JsonElement array, int most) => array.GetArrayLength() <= most
        ? [.. array.EnumerateArray().Select(number => number.GetInt64())]
        : throw file.Damaged($"tensor {MappedFile.Quote(name)} has a list of more than {most} numbers");
}
