using System.Runtime.InteropServices;
using Google.Protobuf;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights.Onnx;

/// <summary>Reads the parts of an ONNX file that hold weights.</summary>
internal static class OnnxFile
{
    /// <summary>Parses a file of ONNX.</summary>
    /// <param name="file">The file, for its name in messages.</param>
    /// <param name="content">The model: the file, or a part of it.</param>
    /// <exception cref="WeightsFileException">It is damaged or has no graph.</exception>
    public static ModelProto Parse(MappedFile file, ReadOnlySpan<byte> content)
    {
        try
        {
            var model = ModelProto.Parser.ParseFrom(content);
            return model.Graph is null ? throw file.Damaged("its ONNX model has no graph") : model;
        }
        catch (InvalidProtocolBufferException e)
        {
            throw file.Damaged("its ONNX model ends too early or is not one", e);
        }
    }

    /// <summary>A constant's values.</summary>
    /// <exception cref="WeightsFileException">It has not as many floating-point numbers as its shape says.</exception>
    public static float[] Floats(MappedFile file, TensorProto tensor)
    {
        var values = (TensorProto.Types.DataType)tensor.DataType switch
        {
            TensorProto.Types.DataType.Float when tensor.FloatData.Count > 0 => tensor.FloatData.ToArray(),
            TensorProto.Types.DataType.Float => MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray(),
            TensorProto.Types.DataType.Float16 =>
                Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(tensor.RawData.Span).ToArray(), half => (float)half),
            var other => throw file.Refused(
                $"its tensor {MappedFile.Quote(tensor.Name)} is of type {other}, not of floating-point numbers"),
        };

        // As decimals, because a damaged shape may overflow any integer.
        return tensor.Dims.Aggregate(1.0, (product, size) => product * size) == values.Length
            ? values
            : throw file.Damaged(
                $"its tensor {MappedFile.Quote(tensor.Name)} of shape [{string.Join(", ", tensor.Dims)}] has {values.Length} values");
    }
}
