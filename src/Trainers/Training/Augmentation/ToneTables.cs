namespace MLVision.Trainers.Training.Augmentation;

/// <summary>Operations that map every value by a table; the tables are those of Pillow's ImageEnhance and ImageOps.</summary>
internal static class ToneTables
{
    private const int Channels = 3;
    private const int Values = 256;

    /// <summary>Blends every value with another: 0 gives the other, 1 the value, more than 1 moves away from the other.</summary>
    public static void Blend(Span<byte> pixels, int other, float share) => Apply(pixels, value => Blend(other, value, share));

    /// <summary>Keeps the highest bits.</summary>
    public static void Posterize(Span<byte> pixels, int bits) => Apply(pixels, value => (byte)(value & (0xFF00 >> bits)));

    /// <summary>Inverts values from the threshold upwards.</summary>
    public static void Solarize(Span<byte> pixels, double threshold) =>
        Apply(pixels, value => (byte)(value < threshold ? value : 255 - value));

    /// <summary>Stretches the values of each channel to the full range; a channel with a single value stays.</summary>
    public static void AutoContrast(Span<byte> pixels) => ApplyToChannels(pixels, (histogram, table) =>
    {
        var (least, most) = (histogram.IndexOfAnyExcept(0), histogram.LastIndexOfAnyExcept(0));
        for (var value = 0; value < Values && least < most; value++)
        {
            var scale = 255.0 / (most - least);
            table[value] = (byte)Math.Clamp((int)((value * scale) - (least * scale)), 0, 255);
        }
    });

    /// <summary>Equalises the histogram of each channel; a channel with a single value stays.</summary>
    public static void Equalize(Span<byte> pixels) => ApplyToChannels(pixels, (histogram, table) =>
    {
        var sum = 0;
        foreach (var count in histogram)
        {
            sum += count;
        }

        var step = (sum - histogram[histogram.LastIndexOfAnyExcept(0)]) / (Values - 1);
        var seen = step / 2;
        for (var value = 0; value < Values && step > 0; value++)
        {
            table[value] = (byte)Math.Min(seen / step, 255);
            seen += histogram[value];
        }
    });

    /// <summary>The blend of two values in single precision, truncated to a byte.</summary>
    public static byte Blend(int from, int to, float share) => (byte)Math.Clamp(from + (share * (to - from)), 0, 255);

    private static void Apply(Span<byte> pixels, Func<int, byte> map)
    {
        Span<byte> table = stackalloc byte[Values];
        for (var value = 0; value < Values; value++)
        {
            table[value] = map(value);
        }

        foreach (ref var pixel in pixels)
        {
            pixel = table[pixel];
        }
    }

    private delegate void FillTable(ReadOnlySpan<int> histogram, Span<byte> table);

    private static void ApplyToChannels(Span<byte> pixels, FillTable fill)
    {
        Span<int> histogram = stackalloc int[Values];
        Span<byte> table = stackalloc byte[Values];
        for (var channel = 0; channel < Channels; channel++)
        {
            histogram.Clear();
            for (var i = channel; i < pixels.Length; i += Channels)
            {
                histogram[pixels[i]]++;
            }

            for (var value = 0; value < Values; value++)
            {
                table[value] = (byte)value;
            }

            fill(histogram, table);
            for (var i = channel; i < pixels.Length; i += Channels)
            {
                pixels[i] = table[pixels[i]];
            }
        }
    }
}
