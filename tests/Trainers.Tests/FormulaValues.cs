using System.Runtime.InteropServices;
using System.Text;
using MLVision.Trainers.Onnx;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Tests;

/// <summary>Weights and inputs that any program can compute: a function of the state dictionary's key and the element's index.</summary>
/// <remarks>The same formula stands in <c>Fixtures/formula_values.py</c>; the two must agree to the bit.</remarks>
internal static class FormulaValues
{
    // Values that one thread computes in one go: some milliseconds' work.
    private const int Chunk = 1 << 20;

    /// <summary>Fills weights, biases and running statistics, all of them off their defaults.</summary>
    /// <param name="network">New: its tensors contiguous and on the CPU.</param>
    /// <param name="gain">Variance of the weights of convolutions and linear layers, times fan-in: see
    /// <see cref="Models.ReferenceNetwork.Gain"/>.</param>
    public static T Fill<T>(T network, double gain = 1)
        where T : Module<Tensor, Tensor>
    {
        foreach (var (key, value) in network.state_dict())
        {
            if (value.dtype == ScalarType.Float32)
            {
                using var memory = new TensorMemory(value);
                FillWeight(key, value.shape, gain, memory.Memory);
            }
        }

        return network;
    }

    /// <summary>Normalised images [count, 3, size, size] with values in [-2, 2).</summary>
    public static Tensor Images(int count, int size)
    {
        var images = empty(count, 3, size, size);
        using var memory = new TensorMemory(images);
        FillLinear("input", offset: 0, factor: 2, memory.Memory);
        return images;
    }

    /// <summary>Pixels [count, size, size, 3].</summary>
    public static byte[] Pixels(int count, int size)
    {
        var seed = Seed("pixels");
        return [.. Enumerable.Range(0, count * size * size * 3).Select(i => (byte)((Value(seed, (uint)i) + 1) * 128))];
    }

    private static void FillWeight(string key, long[] shape, double gain, Memory<byte> floats)
    {
        var (offset, factor) = key.Split('.')[^1] switch
        {
            "running_mean" or "bias" => (0, 0.1),
            "running_var" => (1, 0.5),
            _ when shape.Length == 1 => (1, 0.25),
            _ => (0, Math.Sqrt(3 * gain / shape[1..].Aggregate(1L, (a, b) => a * b))),
        };
        FillLinear(key, offset, factor, floats);
    }

    private static void FillLinear(string key, double offset, double factor, Memory<byte> floats)
    {
        var seed = Seed(key);
        var count = floats.Length / sizeof(float);
        Parallel.For(0, (count + Chunk - 1) / Chunk, chunk =>
        {
            var start = chunk * Chunk;
            var values = MemoryMarshal.Cast<byte, float>(floats.Span)[start..Math.Min(start + Chunk, count)];
            FillLinear(values, seed, (uint)start, offset, factor);
        });
    }

    private static void FillLinear(Span<float> values, uint seed, uint start, double offset, double factor)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(offset + (factor * Value(seed, start + (uint)i)));
        }
    }

    private static uint Seed(string key) => Encoding.UTF8.GetBytes(key).Aggregate(2166136261u, (hash, b) => (hash ^ b) * 16777619u);

    private static double Value(uint seed, uint index)
    {
        var x = seed + (index * 0x9E3779B9u);
        x = (x ^ (x >> 16)) * 0x7FEB352Du;
        x = (x ^ (x >> 15)) * 0x846CA68Bu;
        x ^= x >> 16;
        return ((int)(x >> 8) / (double)(1 << 23)) - 1;
    }
}
