using Google.Protobuf;
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

    /// <summary>Parses a model.</summary>
    /// <param name="file">The file, for its name in messages.</param>
    /// <param name="content">The model: the file, or a part of it.</param>
    /// <exception cref="WeightsFileException">It is damaged.</exception>
    public static ModelProto Parse(MappedFile file, ReadOnlySpan<byte> content)
    {
        try
        {
            return ModelProto.Parser.ParseFrom(content);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw file.Damaged("its ONNX model ends too early or is not one", e);
        }
    }
}
