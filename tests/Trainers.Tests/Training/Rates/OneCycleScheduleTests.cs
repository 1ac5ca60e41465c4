using MLVision.Trainers.Training.Rates;

namespace Trainers.Tests.Training.Rates;

public sealed class OneCycleScheduleTests
{
    private const double Tolerance = 1e-12;    // a few roundings of a double near 1

    /// <summary>PyTorch 1.13: OneCycleLR(max_lr 0.1, total_steps 20), its learning rate and momentum before each step.</summary>
    private static readonly (double Rate, double Momentum)[] TwentySteps =
    [
        (0.0040000000000000036, 0.95), (0.013167184270002533, 0.9404508497187474), (0.037167184270002526, 0.9154508497187474),
        (0.06683281572999747, 0.8845491502812526), (0.09083281572999748, 0.8595491502812526), (0.1, 0.85),
        (0.09874640062350874, 0.8512536043909088), (0.09504846320134738, 0.854951556604879), (0.089091617757105, 0.8609084258765984),
        (0.0811745653949763, 0.8688255099070633), (0.07169430017913009, 0.878305813044122), (0.06112620219362893, 0.8888739533021842),
        (0.0500002, 0.9), (0.03887419780637107, 0.9111260466978157), (0.028306099820869922, 0.9216941869558779),
        (0.0188258346050237, 0.9311744900929366), (0.010908782242895003, 0.9390915741234015), (0.004951936798652629, 0.945048443395121),
        (0.0012539993764912555, 0.9487463956090911), (4e-07, 0.95),
    ];

    /// <summary>The same with pct_start 0.25: the first five and the last two.</summary>
    private static readonly (double Rate, double Momentum)[] RisingForAQuarter =
    [
        (0.0040000000000000036, 0.95), (0.018058874503045733, 0.9353553390593273), (0.052, 0.9), (0.08594112549695429, 0.8646446609406726),
        (0.1, 0.85), (0.0010930155928298624, 0.9489073800366903), (4e-07, 0.95),
    ];

    [Fact]
    public void At_ThreeTenthsRising_IsPyTorchs()
    {
        var schedule = new OneCycleSchedule(peak: 0.1, momentum: 0.9, risingSteps: 6, steps: 20);

        var rates = Enumerable.Range(0, 20).Select(schedule.At);

        AssertRates(TwentySteps, rates);
    }

    [Fact]
    public void At_AQuarterRising_IsPyTorchs()
    {
        var schedule = new OneCycleSchedule(peak: 0.1, momentum: 0.9, risingSteps: 5, steps: 20);

        var rates = Enumerable.Range(0, 20).Where(step => step is < 5 or > 17).Select(schedule.At);

        AssertRates(RisingForAQuarter, rates);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void At_NothingRising_BeginsAtThePeak(double risingSteps)
    {
        var schedule = new OneCycleSchedule(peak: 0.1, momentum: 0.9, risingSteps, steps: 3);

        var rates = Enumerable.Range(0, 3).Select(schedule.At);

        AssertRates([(0.1, 0.85), (0.0500002, 0.9), (4e-07, 0.95)], rates);     // the middle is the mean of both ends
    }

    [Fact]
    public void At_RisingLongerThanTraining_EndsAtThePeak()
    {
        var schedule = new OneCycleSchedule(peak: 0.1, momentum: 0.9, risingSteps: 100, steps: 3);

        var rates = Enumerable.Range(0, 3).Select(schedule.At);

        AssertRates([(0.004, 0.95), (0.052, 0.9), (0.1, 0.85)], rates);
    }

    [Fact]
    public void At_NoMomentum_HasNone()
    {
        var schedule = new OneCycleSchedule(peak: 0.1, momentum: 0, risingSteps: 3, steps: 10);

        var rates = Enumerable.Range(0, 10).Select(schedule.At);

        Assert.All(rates, rate => Assert.Equal(0, rate.Momentum));
    }

    private static void AssertRates(IEnumerable<(double Rate, double Momentum)> expected, IEnumerable<StepRates> actual) => Assert.Equal(
        expected.Select(rates => new StepRates(rates.Rate, rates.Momentum)), actual,
        (a, b) => Math.Abs(a.LearningRate - b.LearningRate) < Tolerance && Math.Abs(a.Momentum - b.Momentum) < Tolerance);
}
