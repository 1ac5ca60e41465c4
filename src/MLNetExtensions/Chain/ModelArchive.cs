using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.ML;
using MLVision.MLNetExtensions.Files;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>Takes an ML.NET <c>model.zip</c> apart: the ONNX model in it, and the steps around that.</summary>
/// <remarks>
/// A zip holds its transforms in numbered folders, chains within chains; the ONNX transform's holds a file <c>OnnxModel</c>. The others
/// are loaded by ML.NET, each from a little zip of its own: loading the whole would parse the model and open a session a second time.
/// </remarks>
internal sealed class ModelArchive : IDisposable
{
    private const string Root = "TransformerChain/";
    private const string Step = "Transform_";
    private const string Header = "Model.key";
    private const string OnnxFile = "OnnxModel";
    private const string Schema = "Schema";
    private const string Loader = "Loader/";

    // ML.NET's ModelHeader: where the transform's own content starts, and what it is.
    private const int ContentOffset = 16;
    private const int SignatureOffset = 64;

    private readonly CheckedZip _zip;
    private readonly List<string> _steps = [];

    /// <summary>Lists what a zip holds.</summary>
    /// <param name="zip">The file, at its beginning; left open.</param>
    /// <exception cref="InvalidDataException">It is not a zip, or it is damaged.</exception>
    public ModelArchive(Stream zip)
    {
        _zip = new CheckedZip(zip);
        try
        {
            AddSteps(Root, [.. _zip.Names.Where(IsStep).Select(name => name[..^Header.Length])]);
        }
        catch
        {
            _zip.Dispose();
            throw;
        }

        Onnx = [.. _steps.Index().Where(step => _zip.Has(step.Item + OnnxFile)).Select(step => step.Index)];
    }

    /// <summary>Number of transforms, those that hold others not counted.</summary>
    public int Count => _steps.Count;

    /// <summary>Which transforms run an ONNX model.</summary>
    public IReadOnlyList<int> Onnx { get; }

    private static ReadOnlySpan<byte> ChainSignature => "XF\0CHAIN"u8;

    /// <summary>Loads a transform.</summary>
    /// <remarks>ML.NET names no exception for a transform that it cannot load, and may throw any.</remarks>
    public ITransformer Load(ModelOperationsCatalog models, int step)
    {
        using var alone = Extract((_steps[step], Root));
        return models.Load(alone, out _);
    }

    /// <summary>
    /// The schema of the chain's input: the saved one, or that of a loader saved in its place; null if neither was saved.
    /// </summary>
    public DataViewSchema? ReadSchema(ModelOperationsCatalog models)
    {
        using var alone = _zip.Has(Schema) ? Extract((Schema, Schema), (_steps[0], Root))
            : _zip.Names.Any(name => name.StartsWith(Loader, StringComparison.Ordinal)) ? Extract((Loader, ""))
            : null;
        if (alone is null)
        {
            return null;
        }

        models.Load(alone, out var schema);
        return schema;
    }

    /// <summary>Reads the ONNX model of a transform: its length, then its bytes.</summary>
    /// <exception cref="InvalidDataException">The length is not that of the bytes, or they are not what was packed.</exception>
    public byte[] ReadOnnx(int step)
    {
        var (head, bytes) = _zip.Read(_steps[step] + OnnxFile, sizeof(int));
        var length = head.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(head);
        return length == bytes.Length
            ? bytes
            : throw new InvalidDataException($"its ONNX model says that it has {length} bytes, but has {bytes.Length}");
    }

    /// <summary>Compares what nobody has read with its checksums.</summary>
    /// <exception cref="InvalidDataException">Something is not what was packed.</exception>
    public void CheckOthers() => _zip.CheckOthers();

    public void Dispose() => _zip.Dispose();

    /// <summary>Whether a name is that of a transform's header in a chain, or in a chain in a chain.</summary>
    private static bool IsStep(string name) =>
        name.StartsWith(Root + Step, StringComparison.Ordinal) && name.EndsWith("/" + Header, StringComparison.Ordinal)
        && name.Split('/')[1..^1].All(folder => folder.StartsWith(Step, StringComparison.Ordinal));

    /// <summary>
    /// Adds the folders of all transforms that contain no other transforms, in the order in which they run, which is that of their names.
    /// Each chain says how many it has; who adds or removes a folder is found out.
    /// </summary>
    private void AddSteps(string root, HashSet<string> folders)
    {
        var found = folders.Count;
        AddChain(root);
        if (folders.Count > 0)
        {
            throw new InvalidDataException(
                $"it has {found} folders of steps, of which its chains name {found - folders.Count}; one too many is "
                + ForeignText.Quote(folders.Order(StringComparer.Ordinal).First()));
        }

        void AddChain(string chain)
        {
            if (!folders.Contains(NameOf(chain, 0)))
            {
                return;
            }

            var count = CountOf(chain);
            for (var i = 0; i < count; i++)
            {
                var step = NameOf(chain, i);
                if (!folders.Remove(step))
                {
                    throw new InvalidDataException($"its chain has {count} steps, but {ForeignText.Quote(step)} is missing");
                }

                if (folders.Contains(NameOf(step, 0)))
                {
                    AddChain(step);
                }
                else
                {
                    _steps.Add(step);
                }
            }
        }

        static string NameOf(string chain, int step) => $"{chain}{Step}{step:000}/";
    }

    /// <summary>How many steps a chain says it has: the first number of its content.</summary>
    private int CountOf(string chain)
    {
        var header = _zip.Has(chain + Header) ? _zip.Read(chain + Header) : [];
        if (header.Length < SignatureOffset + ChainSignature.Length || !header.AsSpan(SignatureOffset).StartsWith(ChainSignature))
        {
            throw new InvalidDataException($"its folder {ForeignText.Quote(chain)} holds steps, but is no chain");
        }

        var content = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(ContentOffset));
        return content >= 0 && content <= header.Length - sizeof(int)
            && BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan((int)content)) is >= 0 and <= CheckedZip.MostEntries and var count
            ? count
            : throw new InvalidDataException($"its chain {ForeignText.Quote(chain)} does not say how many steps it has");
    }

    /// <summary>A zip of the entries whose names begin with a prefix, which is replaced.</summary>
    private MemoryStream Extract(params (string From, string To)[] parts)
    {
        var zip = new MemoryStream();
        using (var target = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (from, to) in parts)
            {
                foreach (var name in _zip.Names.Where(name => name.StartsWith(from, StringComparison.Ordinal)))
                {
                    using var copy = target.CreateEntry(to + name[from.Length..], CompressionLevel.NoCompression).Open();
                    copy.Write(_zip.Read(name));
                }
            }
        }

        zip.Position = 0;
        return zip;
    }
}
