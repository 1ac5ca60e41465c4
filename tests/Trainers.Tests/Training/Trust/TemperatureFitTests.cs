using MLVision.Trainers.Training.Remembered;
using MLVision.Trainers.Training.Trust;

namespace Trainers.Tests.Training.Trust;

public class TemperatureFitTests
{
    // Two classes whose logits are (d, 0): p = 1 / (1 + e^(-d/T)). Where three of four images with d = 4 are of class 0, the loss is
    // least at p = 3/4, so that d/T = ln 3: T = 4 / ln 3.
    [Fact]
    public void Find_ThreeOfFourRight_MakesTheProbabilityThreeQuarters()
    {
        var found = TemperatureFit.Find(TwoClasses(4, 3, 1), isOutOfFold: false)!;

        Assert.Equal(4 / Math.Log(3), found.Temperature, 1e-6);
        Assert.Equal(0.982014 - 0.75, found.ErrorBefore, 1e-5);     // 1 / (1 + e^-4) less the share that is right
        Assert.Equal(0, found.ErrorAfter, 1e-6);
        Assert.Equal((4, false), (found.Images, found.IsOutOfFold));
    }

    // p(0.5) = 0.62 of a model that is right in 9 of 10: T = 0.5 / ln 9, below 1.
    [Fact]
    public void Find_TooModest_IsBelowOne() =>
        Assert.Equal(0.5 / Math.Log(9), TemperatureFit.Find(TwoClasses(0.5f, 9, 1), isOutOfFold: true)!.Temperature, 1e-6);

    [Fact]
    public void Find_AllRight_IsLeftOpen() => Assert.Null(TemperatureFit.Find(TwoClasses(4, 60, 0), isOutOfFold: false));

    // No temperature mends a model that is worse than chance; the largest comes nearest to it.
    [Fact]
    public void Find_MostlyWrong_EndsAtTheLargest() =>
        Assert.Equal(20, TemperatureFit.Find(TwoClasses(4, 1, 9), isOutOfFold: false)!.Temperature, 1e-6);

    private static FeatureRows TwoClasses(float logit, int right, int wrong) => new(
        [.. Enumerable.Repeat(0, right), .. Enumerable.Repeat(1, wrong)],
        [.. Enumerable.Repeat((float[])[logit, 0], right + wrong).SelectMany(row => row)]);
}
