using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Weights.Files;
using static TorchSharp.torch;

namespace Trainers.Tests.Weights;

/// <summary>
/// Weights by name, to be renamed, taken away and added to, and then written as a safetensors file that goes with the test.
/// </summary>
internal sealed class StoredWeights : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stored-weights-");
    private readonly OrderedDictionary<string, (long[] Shape, float[] Values)> _weights = new(StringComparer.Ordinal);

    /// <summary>The weights and running statistics of a network, in its order.</summary>
    public static StoredWeights Of(nn.Module network)
    {
        var stored = new StoredWeights();
        foreach (var (name, weight) in network.state_dict().Where(w => w.Value.dtype == ScalarType.Float32))
        {
            stored.Add(name, weight.shape, MemoryMarshal.Cast<byte, float>(weight.bytes).ToArray());
        }

        return stored;
    }

    public IReadOnlyCollection<string> Names => _weights.Keys;

    public StoredWeights Add(string name, long[] shape, params float[] values)
    {
        _weights.Add(name, (shape, values));
        return this;
    }

    public StoredWeights AddFirst(string name, long[] shape, params float[] values)
    {
        _weights.Insert(0, name, (shape, values));
        return this;
    }

    public StoredWeights Remove(string name)
    {
        Assert.True(_weights.Remove(name), name);
        return this;
    }

    public StoredWeights Reshape(string name, params long[] shape)
    {
        _weights[name] = (shape, _weights[name].Values);
        return this;
    }

    public StoredWeights Rename(Func<string, string> rename)
    {
        var weights = _weights.ToArray();
        _weights.Clear();
        foreach (var (name, weight) in weights)
        {
            _weights.Add(rename(name), weight);
        }

        return this;
    }

    /// <summary>All weights once under each of these prefixes.</summary>
    public StoredWeights Repeat(params IEnumerable<string> prefixes)
    {
        var weights = _weights.ToArray();
        _weights.Clear();
        foreach (var (prefix, (name, weight)) in prefixes.SelectMany(prefix => weights.Select(weight => (prefix, weight))))
        {
            _weights.Add(prefix + name, weight);
        }

        return this;
    }

    public StoredWeights Set(string name, int index, float value)
    {
        _weights[name].Values[index] = value;
        return this;
    }

    /// <summary>Writes the file; what it says about itself is a classifier's metadata, as our own files do, or nothing.</summary>
    /// <param name="type">F32, F16, BF16 or I32.</param>
    /// <param name="metadata">The classifier's metadata, or null.</param>
    public string Save(string type = "F32", ClassifierMetadata? metadata = null)
    {
        using var data = new MemoryStream();
        var header = new Dictionary<string, object>();
        if (metadata is not null)
        {
            header["__metadata__"] = metadata.ToProperties().ToDictionary(p => p.Key, p => p.Value);
        }

        foreach (var (name, (shape, values)) in _weights)
        {
            var start = data.Length;
            data.Write(Encode(type, values));
            header[name] = new { dtype = type, shape, data_offsets = new[] { start, data.Length } };
        }

        var path = Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}.safetensors");
        var text = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header));
        using var file = File.Create(path);
        file.Write(BitConverter.GetBytes((long)text.Length));
        file.Write(text);
        data.WriteTo(file);
        return path;
    }

    public WeightsFile Open(string type = "F32") => WeightsFile.Open(Save(type));

    public void Dispose() => _folder.Delete(recursive: true);

    private static byte[] Encode(string type, float[] values) => type switch
    {
        "F32" => MemoryMarshal.AsBytes<float>(values).ToArray(),
        "F16" => MemoryMarshal.AsBytes<Half>(Array.ConvertAll(values, v => (Half)v)).ToArray(),
        "BF16" => MemoryMarshal.AsBytes<ushort>(Array.ConvertAll(values, v => (ushort)(BitConverter.SingleToUInt32Bits(v) >> 16)))
            .ToArray(),
        "I32" => MemoryMarshal.AsBytes<int>(Array.ConvertAll(values, v => (int)v)).ToArray(),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "F32, F16, BF16 or I32."),
    };
}
