using MLVision.Trainers.Training.Results;

namespace Trainers.Tests.Training.Results;

public sealed class LearningRateSweepTests
{
    [Fact]
    public void Suggestion_FallingLoss_IsWhereItFallsMostSteeply()
    {
        // Rates are powers of ten; the first tenth, two steps, and the last five are not looked at, steep as they are.
        var sweep = Sweep(9, 5, 4.9, 4.8, 4.7, 4.5, 4.0, 3.2, 3.0, 2.9, 2.95, 2.9, 2.8, 2.7, 2.6, 2.0, 1.0, 0, 9, 9);

        Assert.Equal(1e6, sweep.Suggestion!.Value, tolerance: 1);          // from 4.0 to 3.2
        Assert.Equal(1e13, sweep.TenthOfMinimum!.Value, tolerance: 1e3);   // 2.6 at 10¹⁴
    }

    [Fact]
    public void Suggestion_LossThatFallsAgainAfterItExploded_IsOnTheWayDown()
    {
        var sweep = Sweep(9, 5, 4.9, 4.8, 4.4, 4.2, 4.1, 20, 40, 30, 10, 9, 8, 8, 8, 8, 8, 8, 8, 8);

        Assert.Equal(1e3, sweep.Suggestion!.Value, tolerance: 1e-6);    // from 4.8 to 4.4, not from 30 to 10
    }

    /// <summary>
    /// Losses of 100 batches about 2, two above it by 0.5 and two below, and their mean that falls by 0.1 by chance. Each loss is 0.5 from
    /// the mean of its neighbours, so a fall counts from 3 · 1.4826 · 0.5 / √1.5 / √11 = 0.55.
    /// </summary>
    [Fact]
    public void Suggestion_FallWithinTheNoise_IsNone()
    {
        var sweep = Noisy(step => 2 - (0.001 * step));

        Assert.Null(sweep.Suggestion);
        Assert.Null(sweep.TenthOfMinimum);
    }

    /// <summary>The same noise about a mean that stays until step 60, falls by 1 until step 80, and stays again.</summary>
    [Fact]
    public void Suggestion_FallBeyondTheNoise_IsInTheFall()
    {
        var sweep = Noisy(step => 2 - Math.Clamp((step - 60) / 20.0, 0, 1));

        Assert.InRange(sweep.Suggestion!.Value, 60, 80);
    }

    /// <summary>
    /// A fall by 0.2 from step 20 to 21, less than the noise, is steeper by the logarithm (0.2 / ln 21/20 = 4.1) than the one by 1 in the
    /// steps from 60 to 80 (0.05 / ln 61/60 = 3.0), which is beyond it.
    /// </summary>
    [Fact]
    public void Suggestion_SteepFallWithinTheNoise_IsPassedOver()
    {
        var sweep = Noisy(step => 2 - (step > 20 ? 0.2 : 0) - Math.Clamp((step - 60) / 20.0, 0, 1));

        Assert.InRange(sweep.Suggestion!.Value, 60, 80);
    }

    [Fact]
    public void Suggestion_RisingLoss_IsNone()
    {
        var sweep = Sweep([.. Enumerable.Range(0, 20).Select(i => (double)i)]);

        Assert.Null(sweep.Suggestion);
        Assert.Null(sweep.TenthOfMinimum);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void Suggestion_HardlyAnySteps_IsNone(int steps)
    {
        var sweep = Sweep([.. Enumerable.Range(0, steps).Select(i => -(double)i)]);

        Assert.Null(sweep.Suggestion);
        Assert.Null(sweep.TenthOfMinimum);
    }

    /// <summary>Rates are the steps' numbers, from 1.</summary>
    private static LearningRateSweep Noisy(Func<int, double> mean) => new()
    {
        Phase = TrainingPhase.Whole,
        Steps =
        [
            .. Enumerable.Range(1, 100).Select(step => new LearningRateStep(step, mean(step) + (step % 4 < 2 ? 0.5 : -0.5), mean(step))),
        ],
    };

    private static LearningRateSweep Sweep(params double[] losses) => new()
    {
        Phase = TrainingPhase.Whole,
        Steps = [.. losses.Select((loss, i) => new LearningRateStep(Math.Pow(10, i), loss, loss))],
    };
}
