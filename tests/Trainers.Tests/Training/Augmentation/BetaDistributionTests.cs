using MLVision.Trainers.Training.Augmentation;

namespace Trainers.Tests.Training.Augmentation;

public sealed class BetaDistributionTests
{
    private const int Draws = 20_000;

    /// <summary>Shares below 0.1: the regularised incomplete beta function at 0.1, integrated numerically.</summary>
    [Theory]
    [InlineData(0.2, 0.3367)]
    [InlineData(1, 0.1)]
    [InlineData(4, 0.0027)]
    public void Draw_ManyTimes_HasTheDistributionsMeanVarianceAndTail(double alpha, double belowATenth)
    {
        var random = new Random(1);

        var drawn = Enumerable.Range(0, Draws).Select(_ => BetaDistribution.Draw(random, alpha)).ToList();

        var variance = 1 / (4 * ((2 * alpha) + 1));
        Assert.All(drawn, share => Assert.InRange(share, 0, 1));
        Assert.Equal(0.5, drawn.Average(), 5 * Math.Sqrt(variance / Draws));
        Assert.Equal(variance, drawn.Average(share => (share - 0.5) * (share - 0.5)), 5 * 0.25 / Math.Sqrt(Draws));    // (x − ½)² ≤ ¼
        Assert.Equal(belowATenth, drawn.Count(share => share < 0.1) / (double)Draws, 5 * Math.Sqrt(belowATenth / Draws));
    }

    [Fact]
    public void Draw_ParameterWhoseGammaVariablesUnderflow_StaysANumber()
    {
        var random = new Random(1);

        var drawn = Enumerable.Range(0, 1000).Select(_ => BetaDistribution.Draw(random, 1e-5)).ToList();

        Assert.All(drawn, share => Assert.InRange(share, 0, 1));
        Assert.InRange(drawn.Count(share => share > 0.5), 421, 579);    // 500 ± 5 standard deviations of √1000 / 2
    }
}
