using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>
/// The ONNX model of an image classifier, in a file or in memory, and the steps around it where it comes inside an ML.NET
/// <c>model.zip</c>. Whoever loads a model opens it here.
/// </summary>
/// <remarks>
/// The first bytes of a file decide what it is, not its name. A file is read once, so that what was checked is what is used.
/// </remarks>
internal sealed class ModelContent
{
    private const int ReadAtOnce = 1 << 20;

    private readonly OnnxModel _onnx;

    private ModelContent(OnnxModel onnx, StockSteps? chain = null) => (_onnx, Chain) = (onnx, chain);

    /// <summary>The steps around the model; null where it comes as itself.</summary>
    public StockSteps? Chain { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="models">Loads the steps of a zip; where null, a catalog of its own does.</param>
    /// <exception cref="ModelFileException">The file is missing, no regular file, not readable, empty, damaged, a zip without an image
    /// classifier, or more than data.</exception>
    public static ModelContent OfFile(string path, ModelOperationsCatalog? models = null) => With(path, (file, name) => IsZip(file)
        ? OfZip(models ?? new MLContext().Model, file, name)
        : new ModelContent(OnnxModel.OfFile(ReadAll(file, name), path, name)));

    /// <summary>Whether a file is a zip; otherwise it may be an ONNX model.</summary>
    /// <exception cref="ModelFileException">The file is missing, a folder, not readable or empty.</exception>
    public static bool IsZip(string path) => With(path, (file, _) => IsZip(file));

    /// <summary>Reads a file's content to its end.</summary>
    /// <exception cref="ModelFileException">It is empty, or a zip without an image classifier.</exception>
    public static ModelContent OfStream(Stream stream)
    {
        const string Name = "The model in the stream";
        using var content = new MemoryStream();
        var buffer = new byte[ReadAtOnce];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            if (content.Length + read > Array.MaxLength)
            {
                throw new ModelFileException($"{Name} has more than {Array.MaxLength:N0} bytes, as no model has.");
            }

            content.Write(buffer, 0, read);
        }

        if (content.Length == 0)
        {
            throw Empty(Name);
        }

        content.Position = 0;
        return IsZip(content)
            ? OfZip(new MLContext().Model, content, Name)
            : new ModelContent(OnnxModel.OfBytes(content.ToArray(), Name, "stream"));
    }

    /// <summary>Takes an ONNX model that was made in this process.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">Its name in error messages.</param>
    public static ModelContent OfMade(ModelProto model, string name) => new(OnnxModel.Made(model, name));

    /// <summary>Takes the classifier out of a chain in memory, which may hold chains and is left as it is.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="name">Its name in error messages.</param>
    /// <exception cref="ModelFileException">There is not exactly one ONNX model in it, or its own steps prepare images
    /// otherwise.</exception>
    public static ModelContent OfChain(ITransformer chain, string name)
    {
        var (steps, onnx) = StockSteps.Of(chain, name);
        if (PixelProbe.WhyPixelsDiffer(steps) is { } difference)
        {
            throw new ModelFileException($"{name} {difference}; score it with PredictionEngine.");
        }

        // ML.NET reveals the model's bytes only by saving them.
        using var files = new TemporaryFolder();
        var ml = new MLContext();
        ml.Model.Save(new TransformerChain<ITransformer>(onnx), inputSchema: null, files.File("onnx.zip"));
        using var zip = File.OpenRead(files.File("onnx.zip"));
        using var archive = new ModelArchive(zip);
        return new ModelContent(OnnxModel.OfBytes(archive.ReadOnnx(archive.Onnx.Single()), name, "zip"), steps);
    }

    /// <summary>Opens an ONNX Runtime session, while the model's digest is compared.</summary>
    /// <exception cref="ModelFileException">The model is damaged.</exception>
    /// <exception cref="OnnxRuntimeException">ONNX Runtime cannot run it.</exception>
    public InferenceSession OpenSession(SessionOptions options)
    {
        InferenceSession session;
        try
        {
            session = new InferenceSession(_onnx.Bytes, options);
        }
        catch (OnnxRuntimeException)
        {
            // What ONNX Runtime says of a damaged model is not worth hearing.
            _onnx.ThrowIfDamaged();
            throw;
        }

        try
        {
            _onnx.ThrowIfDamaged();
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Reads the ONNX model.</summary>
    /// <exception cref="ModelFileException">It is damaged.</exception>
    public ModelProto Parse() => _onnx.Parse();

    /// <summary>Bytes of the ONNX model.</summary>
    public ReadOnlyMemory<byte> Bytes => _onnx.Bytes;

    /// <summary>The model's name in error messages.</summary>
    public override string ToString() => _onnx.Name;

    private static ModelContent OfZip(ModelOperationsCatalog models, Stream zip, string name)
    {
        var (onnx, steps) = ArchivedClassifier.Read(models, zip, name);
        return new ModelContent(onnx, steps);
    }

    private static byte[] ReadAll(FileStream file, string name)
    {
        if (file.Length > Array.MaxLength)
        {
            throw new ModelFileException($"{name} has {file.Length:N0} bytes, and an ONNX model has at most {Array.MaxLength:N0}.");
        }

        var bytes = GC.AllocateUninitializedArray<byte>((int)file.Length);
        file.ReadExactly(bytes);
        return bytes;
    }

    private static T With<T>(string path, Func<FileStream, string, T> use)
    {
        var name = $"'{path}'";
        if (Entry.KindOf(path) is not EntryKind.File and var kind)
        {
            throw new ModelFileException(kind == EntryKind.Missing
                ? $"The model file {name} does not exist."
                : $"The model file {name} is a {Entry.Describe(kind)}; give the path of a model.zip or model.onnx.");
        }

        try
        {
            using var file = File.OpenRead(path);
            return file.Length > 0 ? use(file, name) : throw Empty(name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException($"The model file {name} cannot be read: {e.Message}", e);
        }
    }

    private static bool IsZip(Stream stream)
    {
        Span<byte> begin = stackalloc byte[4];
        var isZip = stream.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false) == begin.Length
            && begin.SequenceEqual("PK\u0003\u0004"u8);
        stream.Position = 0;
        return isZip;
    }

    private static ModelFileException Empty(string name) => new($"{name} is empty.");
}
