namespace MLNetExtensions.Tests.Scoring;

public class ImageClassificationMetricsTests
{
    [Fact]
    public void Of_ThreeImagesOfTwoOfThreeClasses_MatchesHandArithmetic()
    {
        (int, IReadOnlyList<float>)[] scored = [(0, [0.5f, 0.25f, 0.25f]), (0, [0.25f, 0.5f, 0.25f]), (1, [0f, 1f, 0f])];

        var metrics = ImageClassificationMetrics.Of(["a", "b", "c"], scored, [], seconds: 1.5);

        Assert.Equal(3, metrics.Images);
        Assert.Equal(2.0 / 3, metrics.MicroAccuracy, precision: 12);
        Assert.Equal((0.5 + 1) / 2, metrics.MacroAccuracy, precision: 12);                       // class c does not occur
        Assert.Equal((Math.Log(2) + Math.Log(4) + 0) / 3, metrics.LogLoss, precision: 12);
        Assert.Equal(2, metrics.ImagesPerSecond, precision: 12);
        Assert.Equal([[1, 1, 0], [0, 1, 0], [0, 0, 0]], metrics.ConfusionMatrix);
    }

    [Fact]
    public void Of_TrueClassWithoutProbability_BoundsTheLoss()
    {
        var metrics = ImageClassificationMetrics.Of(["a", "b"], [(0, [0f, 1f])], [], seconds: 1);

        Assert.Equal(-Math.Log(1e-15), metrics.LogLoss, precision: 12);
    }

    [Fact]
    public void IndexOfLargest_Tie_TakesTheFirstAsOnnxDoes() =>
        Assert.Equal(1, ImageClassificationMetrics.IndexOfLargest([0.2f, 0.4f, 0.4f]));
}
