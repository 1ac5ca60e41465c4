using MLVision.Trainers.Training.Rates;

namespace Trainers.Tests.Training.Rates;

public sealed class StepScheduleTests
{
    private const double Tolerance = 1e-12;    // a few roundings of a double near 1

    /// <summary>PyTorch 1.13: MultiStepLR(milestones 10 and 15, gamma 0.1) over 20 steps.</summary>
    [Fact]
    public void At_TwentySteps_IsPyTorchs()
    {
        double[] expected = [.. Enumerable.Repeat(0.1, 10), .. Enumerable.Repeat(0.01, 5), .. Enumerable.Repeat(0.001, 5)];
        var schedule = new StepSchedule(peak: 0.1, momentum: 0.9, warmupSteps: 0, steps: 20);

        var rates = Enumerable.Range(0, 20).Select(schedule.At).ToList();

        Assert.Equal(expected, rates.Select(rate => rate.LearningRate), (a, b) => Math.Abs(a - b) < Tolerance);
        Assert.All(rates, rate => Assert.Equal(0.9, rate.Momentum));
    }

    [Fact]
    public void At_Warmup_RisesInAStraightLine()
    {
        var schedule = new StepSchedule(peak: 1, momentum: 0.9, warmupSteps: 4, steps: 20);

        var rates = Enumerable.Range(0, 6).Select(step => schedule.At(step).LearningRate);

        Assert.Equal([0.25, 0.5, 0.75, 1, 1, 1], rates);
    }
}
