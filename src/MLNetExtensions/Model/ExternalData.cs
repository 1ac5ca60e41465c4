using System.Globalization;
using Google.Protobuf;
using MLVision.MLNetExtensions.Files;

namespace MLVision.MLNetExtensions.Model;

/// <summary>Brings tensors that a lone ONNX model keeps beside its file into the model.</summary>
/// <remarks>Only regular files in the model's own folder are opened. Source: ONNX's docs/ExternalData.md.</remarks>
internal sealed class ExternalData
{
    private readonly string _folder;
    private long _bytes;

    private ExternalData(string folder) => _folder = folder;

    /// <summary>Reads all of them.</summary>
    /// <param name="model">The model, which then has all its values in itself.</param>
    /// <param name="folder">The folder of its file.</param>
    /// <exception cref="OnnxRefusal">A file is elsewhere, missing, too short, no regular file, or cannot be read.</exception>
    public static void Join(ModelProto model, string folder)
    {
        var data = new ExternalData(RealPath.Of(folder));
        if (model.Graph is { } graph)
        {
            data.Join(graph);
        }
    }

    private void Join(GraphProto graph)
    {
        foreach (var tensor in graph.Initializer)
        {
            Join(tensor);
        }

        foreach (var attribute in graph.Node.SelectMany(node => node.Attribute))
        {
            foreach (var tensor in attribute.T is { } single ? [single, .. attribute.Tensors] : attribute.Tensors.AsEnumerable())
            {
                Join(tensor);
            }

            foreach (var inner in attribute.G is { } branch ? [branch, .. attribute.Graphs] : attribute.Graphs.AsEnumerable())
            {
                Join(inner);
            }
        }
    }

    private void Join(TensorProto tensor)
    {
        if (tensor.DataLocation == TensorProto.Types.DataLocation.Default && tensor.ExternalData.Count == 0)
        {
            return;
        }

        var about = tensor.ExternalData.DistinctBy(pair => pair.Key)
            .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        var external = new ExternalTensor(tensor.Name, about.GetValueOrDefault("location", ""));
        var (offset, length) = (Number(about, "offset", external), Number(about, "length", external));
        tensor.RawData = UnsafeByteOperations.UnsafeWrap(Read(external, offset, length));
        tensor.ExternalData.Clear();
        tensor.DataLocation = TensorProto.Types.DataLocation.Default;
    }

    private byte[] Read(ExternalTensor tensor, long? offset, long? length)
    {
        var path = Find(tensor);
        try
        {
            using var file = File.OpenHandle(path);
            var rest = RandomAccess.GetLength(file) - (offset ?? 0);
            var bytes = length ?? rest;
            if (rest < 0 || bytes > rest)
            {
                throw new OnnxRefusal($"keeps weights in a file that is too short ({tensor}); copy that file again");
            }

            if ((_bytes += bytes) > Array.MaxLength)
            {
                throw new OnnxRefusal("has more than 2 GB with the files beside it, which no protocol buffer can hold");
            }

            var values = new byte[bytes];
            var read = RandomAccess.Read(file, values, offset ?? 0);
            return read == values.Length
                ? values : throw new OnnxRefusal($"keeps weights in a file that became shorter while it was read ({tensor})");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OnnxRefusal($"keeps weights in a file that cannot be read ({tensor}{ForeignError.InBrackets(e)})", e);
        }
    }

    /// <summary>The file of a tensor, behind all links.</summary>
    private string Find(ExternalTensor tensor)
    {
        string path;
        try
        {
            path = tensor.Location.Length == 0 || tensor.Location.Contains('\0') || Path.IsPathRooted(tensor.Location)
                ? throw Elsewhere(tensor)
                : RealPath.Of(Path.Combine(_folder, tensor.Location));
        }
        catch (IOException e)
        {
            throw new OnnxRefusal($"keeps weights behind links that form a circle ({tensor})", e);
        }

        if (!RealPath.IsAtOrBelow(path, _folder))
        {
            throw Elsewhere(tensor);
        }

        return Entry.KindOf(path) switch
        {
            EntryKind.File => path,
            EntryKind.Missing => throw new OnnxRefusal($"keeps weights in a file that is not there ({tensor}); copy it beside the model"),
            var kind => throw new OnnxRefusal($"keeps weights in a {Entry.Describe(kind)} instead of a file ({tensor})"),
        };
    }

    private static OnnxRefusal Elsewhere(ExternalTensor tensor) =>
        new($"keeps weights outside of its folder ({tensor}); a model's files must lie beside it");

    private static long? Number(Dictionary<string, string> about, string key, ExternalTensor tensor) =>
        !about.TryGetValue(key, out var text) ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new OnnxRefusal($"has a damaged {key} ({tensor})");
}
