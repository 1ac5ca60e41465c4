using System.Text;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Tests;

/// <summary>Weights and inputs that any program can compute: a function of the state dictionary's key and the element's index.</summary>
/// <remarks>The same formula stands in <c>Fixtures/resnet-reference.py</c>; the two must agree to the bit.</remarks>
internal static class FormulaValues
{
    /// <summary>Fills weights, biases and running statistics, all of them off their defaults.</summary>
    public static T Fill<T>(T network)
        where T : Module<Tensor, Tensor>
    {
        using var untracked = no_grad();
        foreach (var (key, value) in network.state_dict())
        {
            if (value.dtype == ScalarType.Float32)
            {
                using var weight = Weight(key, value.shape);
                value.copy_(weight);
            }
        }

        return network;
    }

    /// <summary>Normalised images [count, 3, size, size] with values in [-2, 2).</summary>
    public static Tensor Images(int count, int size)
    {
        var values = Values("input", count * 3 * size * size).Select(v => (float)(2 * v)).ToArray();
        return tensor(values, [count, 3, size, size]);
    }

    /// <summary>Pixels [count, size, size, 3].</summary>
    public static byte[] Pixels(int count, int size) =>
        [.. Values("pixels", count * size * size * 3).Select(v => (byte)((v + 1) * 128))];

    private static Tensor Weight(string key, long[] shape)
    {
        var values = Values(key, (int)shape.Aggregate(1L, (a, b) => a * b));
        Func<double, double> scale = key.Split('.')[^1] switch
        {
            "running_mean" or "bias" => v => 0.1 * v,
            "running_var" => v => 1 + (0.5 * v),
            _ when shape.Length == 1 => v => 1 + (0.25 * v),
            _ => Scale(Math.Sqrt(3.0 / shape[1..].Aggregate(1L, (a, b) => a * b))),
        };
        return tensor(values.Select(v => (float)scale(v)).ToArray(), shape);
    }

    private static Func<double, double> Scale(double factor) => v => v * factor;

    private static IEnumerable<double> Values(string key, int count)
    {
        var seed = Encoding.UTF8.GetBytes(key).Aggregate(2166136261u, (hash, b) => (hash ^ b) * 16777619u);
        for (var i = 0u; i < count; i++)
        {
            var x = seed + (i * 0x9E3779B9u);
            x = (x ^ (x >> 16)) * 0x7FEB352Du;
            x = (x ^ (x >> 15)) * 0x846CA68Bu;
            x ^= x >> 16;
            yield return ((x >> 8) / (double)(1 << 23)) - 1;
        }
    }
}
