using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights.Onnx;

/// <summary>Recognises and parses ONNX files.</summary>
internal static class OnnxFile
{
    private const int MarkLength = 3;

    /// <summary>
    /// Whether a file begins as one: with <c>ir_version</c>, then a text or bytes field. A SavedModel of TensorFlow does, too, but its
    /// version is still 1, and ONNX's has been higher for years.
    /// </summary>
    public static bool Recognizes(MappedFile file) =>
        file.Bytes(0, Math.Min(file.Length, MarkLength)) is [0x08, > 1 and < 32, 0x12 or 0x1a or 0x22 or 0x32 or 0x3a or 0x42];

    /// <summary>Parses a file.</summary>
    /// <exception cref="WeightsFileException">It is damaged, or more than data.</exception>
    public static ModelProto Parse(MappedFile file) =>
        Parse(file, file.Bytes(0, file.Length), Path.GetDirectoryName(Path.GetFullPath(file.Path)), "file");

    /// <summary>Parses a model out of a zip.</summary>
    /// <param name="file">The zip, for its name in messages.</param>
    /// <param name="content">The model.</param>
    /// <exception cref="WeightsFileException">It is damaged, or more than data.</exception>
    public static ModelProto Parse(MappedFile file, ReadOnlySpan<byte> content) => Parse(file, content, folder: null, "zip");

    private static ModelProto Parse(MappedFile file, ReadOnlySpan<byte> content, string? folder, string holder)
    {
        try
        {
            return OnnxModel.Parse(content, folder, holder);
        }
        catch (OnnxRefusal e)
        {
            throw e.Damage is { } damage ? file.Damaged(damage, e) : file.Refused($"it {e.Message}");
        }
    }
}
