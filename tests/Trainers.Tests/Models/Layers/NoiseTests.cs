using MLVision.Trainers.Models.Layers;
using static TorchSharp.torch;

namespace Trainers.Tests.Models.Layers;

public class NoiseTests
{
    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(0.2, 0.0005)]    // a million draws: 1.25 standard deviations of 0.0004
    [InlineData(0.5, 0.0007)]
    [InlineData(0.999999, 0.00008)]    // rounded to 65535/65536, then four standard deviations
    public void Kept_MillionDraws_DropsItsShare(double probability, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var noise = Begun(seed: 3);

        var dropped = 1 - noise.Kept([1000, 1000], probability).to(float64).mean().item<double>();

        Assert.InRange(dropped, probability - tolerance, probability + tolerance);
    }

    [Fact]
    public void Kept_FirstDraw_FollowsThePhiloxSequence()
    {
        using var scope = NewDisposeScope();
        using var noise = Begun(seed: 0);

        var kept = noise.Kept([8], 0.5);

        // 6627e8d5 e169c58d bc57ac4c 9b00dbd8 in words of 16 bits, lower half first; those from 8000 on are negative, and dropped.
        Assert.Equal([false, true, false, false, false, false, false, false], kept.data<bool>().ToArray());
    }

    [Fact]
    public void Restart_SameSeed_RepeatsWhateverWasDrawnBefore()
    {
        using var scope = NewDisposeScope();
        using var noise = Begun(seed: 5);
        var first = Draw(noise);
        noise.Kept([123], 0.3);

        noise.Restart(5);
        var again = Draw(noise);
        noise.Restart(6);
        var other = Draw(noise);

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);

        // More than a block holds, so that blocks are crossed.
        static bool[] Draw(Noise noise) => [.. noise.Kept([1000], 0.5).data<bool>(), .. noise.Kept([300_000], 0.5).data<bool>()];
    }

    [Fact]
    public void Kept_ManyDraws_NeverRepeatsValues()
    {
        using var scope = NewDisposeScope();
        using var noise = Begun(seed: 1);

        var draws = Enumerable.Range(0, 40).Select(_ => noise.Kept([100, 100], 0.5).flatten()).ToList();

        // Independent draws agree in half of their places: 10,000 places, a standard deviation of 0.005.
        for (var i = 1; i < draws.Count; i++)
        {
            Assert.InRange(draws[0].eq(draws[i]).to(float32).mean().item<float>(), 0.48, 0.52);
        }
    }

    private static Noise Begun(long seed)
    {
        var noise = new Noise(CPU);
        noise.Restart(seed);
        return noise;
    }
}
