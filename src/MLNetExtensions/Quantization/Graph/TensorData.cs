using System.Runtime.InteropServices;
using Google.Protobuf;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Quantization.Graph;

/// <summary>Reads and writes the values of ONNX tensors.</summary>
internal static class TensorData
{
    /// <summary>A float tensor's values, without copying them.</summary>
    /// <exception cref="ModelFileException">The tensor is not stored as the number of floats that its shape says.</exception>
    public static ReadOnlySpan<float> Floats(TensorProto tensor)
    {
        var count = tensor.Dims.Aggregate(1L, (product, dimension) => product * dimension);
        return tensor.DataType == (int)TensorProto.Types.DataType.Float && tensor.RawData.Length == count * sizeof(float)
            ? MemoryMarshal.Cast<byte, float>(tensor.RawData.Span)
            : throw new ModelFileException(
                $"The tensor '{tensor.Name}' should be {count} floats in raw form, but it is {tensor.RawData.Length} bytes of type "
                + $"{tensor.DataType}. Export the model again.");
    }

    /// <summary>Makes a tensor of float, Half, byte, sbyte or int, as ONNX stores it.</summary>
    public static TensorProto Create<T>(string name, ReadOnlySpan<long> shape, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var tensor = new TensorProto
        {
            Name = name,
            DataType = (int)TypeOf<T>(),
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)),
        };
        foreach (var dimension in shape)
        {
            tensor.Dims.Add(dimension);
        }

        return tensor;
    }

    private static TensorProto.Types.DataType TypeOf<T>() => default(T) switch
    {
        float => TensorProto.Types.DataType.Float,
        Half => TensorProto.Types.DataType.Float16,
        byte => TensorProto.Types.DataType.Uint8,
        sbyte => TensorProto.Types.DataType.Int8,
        int => TensorProto.Types.DataType.Int32,
        _ => throw new NotSupportedException($"Tensors of {typeof(T)} are not written."),
    };
}
