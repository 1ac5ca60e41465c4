using MLVision.Trainers.Weights.Files.Tensors;
using MLVision.Trainers.Weights.Onnx;

namespace MLVision.Trainers.Weights.Files;

/// <summary>
/// The tensors of a weights file: safetensors, what <c>torch.save</c> wrote in its zip or older format, or a model of this program.
/// </summary>
/// <remarks>
/// The file stays mapped until disposal. Opening reads only its directory, whatever its size, unless the file has a digest, which is
/// compared. No code in it is run.
/// </remarks>
internal sealed class WeightsFile : IDisposable
{
    private const byte PickleProtocol = 0x80;

    private readonly MappedFile _file;

    private WeightsFile(MappedFile file, CheckpointContent content)
    {
        _file = file;
        Saved = [.. content.Tensors.Where(saved => saved.Tensor.ElementType != ElementType.Bool)];
        Tensors = new OrderedDictionary<string, StoredTensor>(
            Saved.Select(saved => KeyValuePair.Create(saved.Path, saved.Tensor)), StringComparer.Ordinal);
        Inert = content.Inert;
        About = content.About;
        (HasClassifier, IsModel) = (content.HasClassifier, content.IsModel);
    }

    /// <summary>The numeric tensors in the file's order, at any depth.</summary>
    public IReadOnlyList<SavedTensor> Saved { get; }

    /// <summary>The same tensors by path.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>Values that only Python could make, and that are left out.</summary>
    public IReadOnlyList<InertEntry> Inert { get; }

    /// <summary>The metadata of a safetensors file or a model; otherwise empty.</summary>
    public IReadOnlyDictionary<string, string> About { get; }

    /// <inheritdoc cref="CheckpointContent.HasClassifier"/>
    public bool HasClassifier { get; }

    /// <inheritdoc cref="CheckpointContent.IsModel"/>
    public bool IsModel { get; }

    /// <summary>The path it was opened by.</summary>
    public string Path => _file.Path;

    /// <summary>Opens a weights file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="read">Reads its format; null recognises the format by content, not by name.</param>
    /// <exception cref="WeightsFileException">The file is missing, damaged, or holds no tensors.</exception>
    public static WeightsFile Open(string path, Func<MappedFile, CheckpointContent>? read = null)
    {
        var file = MappedFile.Open(path);
        try
        {
            return new WeightsFile(file, (read ?? Read)(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="MappedFile.Damaged"/>
    public WeightsFileException Damaged(string what) => _file.Damaged(what);

    /// <inheritdoc cref="MappedFile.Refused"/>
    public WeightsFileException Refused(string what) => _file.Refused(what);

    /// <summary>Closes the file; its tensors can then no longer be copied.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>What a file is, by its first bytes and names, not by its own name.</summary>
    /// <exception cref="WeightsFileException">The file is missing or cannot be opened.</exception>
    public static ModelFileKind KindOf(string path)
    {
        using var file = MappedFile.Open(path);
        return KindOf(file);
    }

    private static CheckpointContent Read(MappedFile file) => KindOf(file) switch
    {
        ModelFileKind.ModelZip => OwnModelReader.ReadZip(file),
        ModelFileKind.Onnx => OwnModelReader.ReadOnnx(file),
        ModelFileKind.PyTorch when Begins(file, Zip) => PyTorchCheckpointReader.ReadZip(file),
        ModelFileKind.PyTorch => PyTorchCheckpointReader.ReadLegacy(file),
        _ => SafetensorsReader.Read(file),
    };

    private static ModelFileKind KindOf(MappedFile file)
    {
        if (Begins(file, Zip))
        {
            return IsModel(new ZipDirectory(file)) ? ModelFileKind.ModelZip : ModelFileKind.PyTorch;
        }

        if (OnnxFile.Recognizes(file))
        {
            return ModelFileKind.Onnx;
        }

        // A safetensors file also begins with 0x80 if that is the lowest byte of its header's length.
        return Begins(file, [PickleProtocol]) && !SafetensorsReader.Recognizes(file) ? ModelFileKind.PyTorch : ModelFileKind.Safetensors;

        // ML.NET writes folders of transforms; on Windows older versions parted them by backslashes.
        static bool IsModel(ZipDirectory zip) => zip.Names.Any(
            name => name.Replace('\\', '/').StartsWith("TransformerChain/", StringComparison.Ordinal));
    }

    private static ReadOnlySpan<byte> Zip => "PK\x03\x04"u8;

    private static bool Begins(MappedFile file, ReadOnlySpan<byte> with) =>
        file.Bytes(0, Math.Min(with.Length, file.Length)).SequenceEqual(with);
}
