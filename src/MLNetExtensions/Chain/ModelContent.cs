using Microsoft.ML.OnnxRuntime;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>The ONNX model in a file or in memory, whether it comes as itself or inside an ML.NET <c>model.zip</c>.</summary>
/// <remarks>What a file is, its first bytes say, not its name.</remarks>
internal sealed class ModelContent
{
    private readonly string? _onnxFile;
    private readonly byte[]? _onnx;
    private readonly string _name;

    private ModelContent(string? onnxFile, byte[]? onnx, string name) => (_onnxFile, _onnx, _name) = (onnxFile, onnx, name);

    /// <summary>Opens a file.</summary>
    /// <exception cref="ModelFileException">The file is missing, a folder, not readable, empty, or a zip that holds no image
    /// classifier.</exception>
    public static ModelContent OfFile(string path) => With(path, (file, name) => IsZip(file)
        ? new ModelContent(null, ModelArchive.ReadOnnx(file, name), name)
        : new ModelContent(path, null, name));

    /// <summary>Whether a file is a zip; otherwise it may be an ONNX model.</summary>
    /// <exception cref="ModelFileException">The file is missing, a folder, not readable or empty.</exception>
    public static bool IsZip(string path) => With(path, (file, _) => IsZip(file));

    /// <summary>Reads a file's content to its end.</summary>
    /// <exception cref="ModelFileException">There is none, or it is a zip that holds no image classifier.</exception>
    public static ModelContent OfStream(Stream stream)
    {
        const string Name = "The model in the stream";
        using var content = new MemoryStream();
        stream.CopyTo(content);
        if (content.Length == 0)
        {
            throw Empty(Name);
        }

        content.Position = 0;
        return new ModelContent(null, IsZip(content) ? ModelArchive.ReadOnnx(content, Name) : content.ToArray(), Name);
    }

    /// <summary>Takes an ONNX model in memory.</summary>
    /// <param name="onnx">The model.</param>
    /// <param name="name">What errors call it.</param>
    public static ModelContent OfOnnx(byte[] onnx, string name) => new(null, onnx, name);

    /// <summary>Opens an ONNX Runtime session.</summary>
    public InferenceSession OpenSession(SessionOptions options) =>
        _onnxFile is null ? new InferenceSession(_onnx, options) : new InferenceSession(_onnxFile, options);

    /// <summary>How errors call the model.</summary>
    public override string ToString() => _name;

    private static T With<T>(string path, Func<FileStream, string, T> use)
    {
        var name = $"'{path}'";
        if (!File.Exists(path))
        {
            throw new ModelFileException(Directory.Exists(path)
                ? $"The model file {name} is a folder; give the path of a model.zip or model.onnx."
                : $"The model file {name} does not exist.");
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
