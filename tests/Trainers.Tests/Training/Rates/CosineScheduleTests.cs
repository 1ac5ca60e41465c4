using MLVision.Trainers.Training.Rates;

namespace Trainers.Tests.Training.Rates;

public sealed class CosineScheduleTests
{
    private const double Tolerance = 1e-12;    // a few roundings of a double near 1

    /// <summary>Four steps up to 1, then eight along ½ (1 + cos(π k / 8)); half the cosine at k = 4, cos(π / 4) = √½ at k = 2.</summary>
    [Theory]
    [InlineData(0, 0.25)]
    [InlineData(1, 0.5)]
    [InlineData(2, 0.75)]
    [InlineData(3, 1)]
    [InlineData(4, 1)]
    [InlineData(6, 0.85355339059327376)]
    [InlineData(8, 0.5)]
    [InlineData(10, 0.14644660940672624)]
    [InlineData(12, 0)]
    public void At_WarmupOfFourInTwelveSteps_RisesThenFallsAlongTheCosine(int step, double expected)
    {
        var schedule = new CosineSchedule(peak: 1, momentum: 0.9, warmupSteps: 4, steps: 12);

        var rate = schedule.At(step).LearningRate;

        Assert.Equal(expected, rate, Tolerance);
    }

    [Fact]
    public void At_Peak_ScalesEveryStep()
    {
        var schedule = new CosineSchedule(peak: 0.05, momentum: 0.9, warmupSteps: 4, steps: 12);

        var rates = Enumerable.Range(0, 13).Select(step => schedule.At(step).LearningRate);

        var unit = new CosineSchedule(peak: 1, momentum: 0.9, warmupSteps: 4, steps: 12);
        Assert.All(rates.Index(), rate => Assert.Equal(0.05 * unit.At(rate.Index).LearningRate, rate.Item, Tolerance));
    }

    [Fact]
    public void At_NoWarmup_StartsAtThePeak()
    {
        var schedule = new CosineSchedule(peak: 0.1, momentum: 0.9, warmupSteps: 0, steps: 10);

        var rate = schedule.At(0).LearningRate;

        Assert.Equal(0.1, rate, Tolerance);
    }

    [Fact]
    public void At_WarmupLongerThanTraining_OnlyRises()
    {
        var schedule = new CosineSchedule(peak: 1, momentum: 0.9, warmupSteps: 10, steps: 5);

        var rates = Enumerable.Range(0, 5).Select(step => schedule.At(step).LearningRate);

        Assert.Equal([0.1, 0.2, 0.3, 0.4, 0.5], rates);
    }

    /// <summary>
    /// PyTorch 1.13: LinearLR(start_factor 0.25, total_iters 3), then CosineAnnealingLR(T_max 16), by SequentialLR(milestone 4).
    /// </summary>
    [Fact]
    public void At_WarmupOfFourInTwentySteps_IsPyTorchs()
    {
        double[] expected =
        [
            0.025, 0.05, 0.075, 0.1, 0.1, 0.09903926402016153, 0.09619397662556435, 0.09157348061512728, 0.08535533905932738,
                0.07777851165098011,
            0.0691341716182545, 0.059754516100806426, 0.05, 0.04024548389919359, 0.03086582838174552, 0.022221488349019904,
            0.014644660940672627,
            0.008426519384872733, 0.0038060233744356634, 0.0009607359798384786,
        ];
        var schedule = new CosineSchedule(peak: 0.1, momentum: 0.9, warmupSteps: 4, steps: 20);

        var rates = Enumerable.Range(0, 20).Select(schedule.At).ToList();

        Assert.Equal(expected, rates.Select(rate => rate.LearningRate), (a, b) => Math.Abs(a - b) < Tolerance);
        Assert.All(rates, rate => Assert.Equal(0.9, rate.Momentum));
    }
}
