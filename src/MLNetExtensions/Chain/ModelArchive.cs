using System.IO.Compression;
using Microsoft.ML;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>Takes an ML.NET <c>model.zip</c> apart: the ONNX model in it, and the steps around that.</summary>
/// <remarks>
/// A zip holds its transforms in numbered folders, chains within chains; the ONNX transform's holds a file <c>OnnxModel</c>. The others
/// are loaded by ML.NET, each from a little zip of its own: loading the whole would parse the model and open a session a second time.
/// </remarks>
internal sealed class ModelArchive : IDisposable
{
    private const string Root = "TransformerChain";
    private const string Step = "/Transform_";
    private const string Header = "Model.key";
    private const string OnnxFile = "OnnxModel";
    private const string Schema = "Schema";
    private const string Loader = "Loader/";

    private readonly ZipArchive _zip;
    private readonly Dictionary<string, ZipArchiveEntry> _entries;
    private readonly List<string> _steps;

    /// <summary>Lists what a zip holds.</summary>
    /// <param name="zip">The file, at its beginning; left open.</param>
    /// <exception cref="InvalidDataException">It is not a zip, or it is damaged.</exception>
    public ModelArchive(Stream zip)
    {
        _zip = new ZipArchive(zip, ZipArchiveMode.Read, leaveOpen: true);
        // Zips that were written on Windows may part folders as Windows does.
        _entries = _zip.Entries.DistinctBy(Name).ToDictionary(Name);
        _steps = Steps(_entries.Keys);
        Onnx = [.. _steps.Index().Where(step => _entries.ContainsKey(step.Item + OnnxFile)).Select(step => step.Index)];

        static string Name(ZipArchiveEntry entry) => entry.FullName.Replace('\\', '/');
    }

    /// <summary>Number of transforms, those that hold others not counted.</summary>
    public int Count => _steps.Count;

    /// <summary>Which transforms run an ONNX model.</summary>
    public IReadOnlyList<int> Onnx { get; }

    /// <summary>Loads a transform.</summary>
    /// <remarks>ML.NET names no exception for a transform that it cannot load, and may throw any.</remarks>
    public ITransformer Load(ModelOperationsCatalog models, int step)
    {
        using var alone = Extract((_steps[step], $"{Root}/"));
        return models.Load(alone, out _);
    }

    /// <summary>
    /// The schema of the chain's input: the saved one, or that of a loader saved in its place; null if neither was saved.
    /// </summary>
    public DataViewSchema? ReadSchema(ModelOperationsCatalog models)
    {
        using var alone = _entries.ContainsKey(Schema) ? Extract((Schema, Schema), (_steps[0], $"{Root}/"))
            : _entries.Keys.Any(name => name.StartsWith(Loader, StringComparison.Ordinal)) ? Extract((Loader, ""))
            : null;
        if (alone is null)
        {
            return null;
        }

        models.Load(alone, out var schema);
        return schema;
    }

    /// <summary>Reads the ONNX model of a transform: its length, then its bytes.</summary>
    /// <exception cref="InvalidDataException">The length is not that of the bytes.</exception>
    public byte[] ReadOnnx(int step)
    {
        using var reader = new BinaryReader(_entries[_steps[step] + OnnxFile].Open());
        var length = reader.ReadInt32();
        var found = _entries[_steps[step] + OnnxFile].Length - sizeof(int);
        return length == found && reader.ReadBytes(length) is { } bytes && bytes.Length == length
            ? bytes
            : throw new InvalidDataException($"its ONNX model says that it has {length} bytes, but has {found}.");
    }

    public void Dispose() => _zip.Dispose();

    /// <summary>The folders of all transforms that contain no other transforms, in the order in which they run.</summary>
    private static List<string> Steps(IEnumerable<string> entries)
    {
        var folders = entries
            .Where(path => path.StartsWith(Root + Step, StringComparison.Ordinal) && path.EndsWith("/" + Header, StringComparison.Ordinal))
            .Select(path => path[..^Header.Length])
            .Where(folder => folder.Count('/') == 1 + folder.Split(Step).Length - 1)
            .Order(StringComparer.Ordinal)
            .ToList();
        return [.. folders.Where(
            folder => !folders.Exists(other => other != folder && other.StartsWith(folder, StringComparison.Ordinal)))];
    }

    /// <summary>A zip of the entries whose names begin with a prefix, which is replaced.</summary>
    private MemoryStream Extract(params (string From, string To)[] parts)
    {
        var zip = new MemoryStream();
        using (var target = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (from, to) in parts)
            {
                foreach (var (name, entry) in _entries.Where(entry => entry.Key.StartsWith(from, StringComparison.Ordinal)))
                {
                    var bytes = new byte[entry.Length];
                    using var source = entry.Open();
                    source.ReadExactly(bytes);
                    using var copy = target.CreateEntry(to + name[from.Length..], CompressionLevel.NoCompression).Open();
                    copy.Write(bytes);
                }
            }
        }

        zip.Position = 0;
        return zip;
    }
}
