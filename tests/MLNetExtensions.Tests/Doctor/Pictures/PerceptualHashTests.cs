using MLVision.MLNetExtensions.Doctor.Pictures;

namespace MLNetExtensions.Tests.Doctor.Pictures;

public sealed class PerceptualHashTests
{
    /// <summary>A wave of one frequency has one coefficient: by hand, bit (v − 1) · 8 + (u − 1).</summary>
    [Theory]
    [InlineData(3, 2, 10)]
    [InlineData(1, 1, 0)]
    [InlineData(8, 8, 63)]
    public void Of_OneFrequency_SetsItsBit(int u, int v, int bit)
    {
        var (hash, negative) = (PerceptualHash.Of(Wave(u, v, 50), 64), PerceptualHash.Of(Wave(u, v, -50), 64));

        Assert.Equal(1UL, (hash >> bit) & 1);
        Assert.Equal(0UL, (negative >> bit) & 1);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(32)]
    [InlineData(200)]
    public void Of_BrighterAndStronger_IsTheSame(int size)
    {
        var grey = Noise(size);
        float[] brighter = [.. grey.Select(value => (value * 1.5f) + 20)];

        Assert.InRange(PerceptualHash.Distance(PerceptualHash.Of(grey, size), PerceptualHash.Of(brighter, size)), 0, 2);
    }

    [Fact]
    public void Of_UnrelatedPictures_DiffersInAboutHalfTheBits()
    {
        var distances = Enumerable.Range(0, 50)
            .Select(seed => PerceptualHash.Distance(PerceptualHash.Of(Noise(64, seed), 64), PerceptualHash.Of(Noise(64, seed + 100), 64)))
            .ToList();

        Assert.InRange(distances.Average(), 29, 35);
        Assert.All(distances, distance => Assert.InRange(distance, 12, 52));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, ulong.MaxValue, 64)]
    [InlineData(0b1010, 0b0110, 2)]
    public void Distance_Hashes_CountsBits(ulong a, ulong b, int expected) => Assert.Equal(expected, PerceptualHash.Distance(a, b));

    private static float[] Wave(int u, int v, float strength)
    {
        const int Size = 64;
        var grey = new float[Size * Size];
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                grey[(y * Size) + x] = 128 + (strength * Cosine(u, x) * Cosine(v, y));
            }
        }

        return grey;

        static float Cosine(int frequency, int place) => MathF.Cos(MathF.PI * ((2 * place) + 1) * frequency / (2 * Size));
    }

    private static float[] Noise(int size, int seed = 5)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, size * size).Select(_ => random.NextSingle() * 100)];
    }
}
