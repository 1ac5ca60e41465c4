using Trainers.Training;

namespace Trainers.Tests.Training;

public sealed class LearningRateScheduleTests
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
        var schedule = new LearningRateSchedule(peak: 1, warmupSteps: 4, steps: 12);

        var rate = schedule.At(step);

        Assert.Equal(expected, rate, Tolerance);
    }

    [Fact]
    public void At_Peak_ScalesEveryStep()
    {
        var schedule = new LearningRateSchedule(peak: 0.05, warmupSteps: 4, steps: 12);

        var rates = Enumerable.Range(0, 13).Select(schedule.At);

        var unit = new LearningRateSchedule(peak: 1, warmupSteps: 4, steps: 12);
        Assert.All(rates.Index(), rate => Assert.Equal(0.05 * unit.At(rate.Index), rate.Item, Tolerance));
    }

    [Fact]
    public void At_NoWarmup_StartsAtThePeak()
    {
        var schedule = new LearningRateSchedule(peak: 0.1, warmupSteps: 0, steps: 10);

        var rate = schedule.At(0);

        Assert.Equal(0.1, rate, Tolerance);
    }

    [Fact]
    public void At_WarmupLongerThanTraining_OnlyRises()
    {
        var schedule = new LearningRateSchedule(peak: 1, warmupSteps: 10, steps: 5);

        var rates = Enumerable.Range(0, 5).Select(schedule.At);

        Assert.Equal([0.1, 0.2, 0.3, 0.4, 0.5], rates);
    }
}
