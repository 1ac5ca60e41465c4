using MLVision.MLNetExtensions;
using MLVision.Trainers.Options;
using MLVision.Trainers.Training;

namespace Trainers.Tests.Training;

public sealed class RateSweepTests
{
    private static readonly LearningRateSweepOptions Options = new() { Steps = 10, FirstRate = 1e-6, LastRate = 1e3 };

    [Fact]
    public void RateAt_Steps_GrowByTheSameFactor()
    {
        var sweep = new RateSweep(Options);

        var rates = Enumerable.Range(0, 10).Select(sweep.RateAt);

        // Nine steps from 10⁻⁶ to 10³: a factor of ten each.
        Assert.All(rates.Index(), rate => Assert.Equal(Math.Pow(10, rate.Index - 6), rate.Item, tolerance: 1e-9 * rate.Item));
    }

    [Fact]
    public void Add_Losses_SmoothsThemAndCorrectsTheStart()
    {
        var sweep = new RateSweep(Options);

        sweep.Add(2);
        sweep.Add(1);
        sweep.Add(4);

        // By hand, weight 0.98: m₁ = 0.04, m₂ = 0.0592, m₃ = 0.138016; divided by 1 − 0.98ⁿ: 0.02, 0.0396, 0.058808.
        double[] expected = [2, 0.0592 / 0.0396, 0.138016 / 0.058808];
        Assert.All(sweep.Steps.Zip(expected), pair => Assert.Equal(pair.Second, pair.First.SmoothedLoss, precision: 12));
        Assert.Equal([2.0, 1, 4], sweep.Steps.Select(step => step.Loss));
    }

    [Fact]
    public void Add_FourTimesTheBest_Stops()
    {
        var sweep = new RateSweep(Options);

        Assert.True(sweep.Add(1));
        Assert.True(sweep.Add(6.9));     // smoothed: (0.98 · 0.02 + 0.02 · 6.9) / 0.0396 = 3.98
        Assert.False(sweep.Add(10));     // smoothed: (0.98 · 0.1576 + 0.2) / 0.058808 = 6.03
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Add_NoNumber_StopsWithoutTheStep(double loss)
    {
        var sweep = new RateSweep(Options);
        sweep.Add(1);

        var goesOn = sweep.Add(loss);

        Assert.False(goesOn);
        Assert.Single(sweep.Steps);
    }

    [Theory]
    [InlineData(9, 1e-7, 10)]
    [InlineData(100, 0, 10)]
    [InlineData(100, 10, 10)]
    [InlineData(100, double.NaN, 10)]
    [InlineData(100, 1, double.PositiveInfinity)]
    public void RateSweep_OptionOutOfRange_Throws(int steps, double first, double last) =>
        Assert.Throws<OptionOutOfRangeException>(
            () => new RateSweep(new LearningRateSweepOptions { Steps = steps, FirstRate = first, LastRate = last }));
}
