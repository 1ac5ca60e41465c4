using System.Numerics;
using System.Runtime.InteropServices;
using MLVision.Trainers.Weights.Files;
using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights;

/// <summary>Checks the values of weights: a single NaN makes every score NaN.</summary>
internal static class WeightValues
{
    private const string Variance = ".running_var";

    // A float whose exponent bits are all set is infinite or NaN.
    private const int Exponent = 0x7f800000;

    /// <summary>Throws unless all values are finite and variances are not negative.</summary>
    /// <param name="checkpoint">The file, for error messages.</param>
    /// <param name="name">The tensor's name in the file.</param>
    /// <param name="key">The tensor's name in the network.</param>
    /// <param name="values">Its values, as float.</param>
    /// <exception cref="WeightsFileException">A value is not.</exception>
    public static void Require(WeightsFile checkpoint, string name, string key, ReadOnlySpan<float> values)
    {
        if (!AreFinite(values))
        {
            var damage = Count(values, value => !float.IsFinite(value), "is NaN or infinite", "are NaN or infinite");
            throw checkpoint.Damaged($"tensor {MappedFile.Quote(name)} has {damage}");
        }

        if (key.EndsWith(Variance, StringComparison.Ordinal) && values.ContainsAnyExceptInRange(0, float.MaxValue))
        {
            var damage = Count(values, value => value < 0, "is below 0", "are below 0");
            throw checkpoint.Damaged($"tensor {MappedFile.Quote(name)} has {damage}, as no variance can be");
        }
    }

    private static bool AreFinite(ReadOnlySpan<float> values)
    {
        var blocks = MemoryMarshal.Cast<float, Vector<int>>(values);
        var mask = new Vector<int>(Exponent);
        foreach (var block in blocks)
        {
            if (Vector.EqualsAny(block & mask, mask))
            {
                return false;
            }
        }

        foreach (var value in values[(blocks.Length * Vector<int>.Count)..])
        {
            if (!float.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }

    private static string Count(ReadOnlySpan<float> values, Predicate<float> isSo, string one, string many)
    {
        var count = 0;
        foreach (var value in values)
        {
            count += isSo(value) ? 1 : 0;
        }

        return count == 1 ? $"1 value that {one}" : $"{count} values that {many}";
    }
}
