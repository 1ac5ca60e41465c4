using System.Text;
using System.Text.Json;

namespace Trainers.Tests.Weights;

/// <summary>A large safetensors file of zeros with a few other values; where the file system can, the zeros take no room.</summary>
internal sealed class SparseWeights : IDisposable
{
    private readonly Dictionary<string, long> _starts;

    private SparseWeights(string path, Dictionary<string, long> starts) => (Path, _starts) = (path, starts);

    public string Path { get; }

    public static SparseWeights Of(IReadOnlyDictionary<string, long[]> shapes)
    {
        var (header, starts, length) = (new Dictionary<string, object>(), new Dictionary<string, long>(), 0L);
        foreach (var (name, shape) in shapes)
        {
            var bytes = shape.Aggregate((long)sizeof(float), (product, size) => product * size);
            header[name] = new { dtype = "F32", shape, data_offsets = new[] { length, length + bytes } };
            starts[name] = length;
            length += bytes;
        }

        var text = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header));
        var path = System.IO.Path.GetTempFileName();
        using var file = File.Create(path);
        file.Write(BitConverter.GetBytes((long)text.Length));
        file.Write(text);
        file.SetLength(file.Position + length);
        var dataStart = file.Position;
        return new SparseWeights(path, starts.ToDictionary(start => start.Key, start => start.Value + dataStart));
    }

    public void Put(string name, long index, float value)
    {
        using var file = File.OpenHandle(Path, FileMode.Open, FileAccess.Write);
        RandomAccess.Write(file, BitConverter.GetBytes(value), _starts[name] + (index * sizeof(float)));
    }

    public void Dispose() => File.Delete(Path);
}
