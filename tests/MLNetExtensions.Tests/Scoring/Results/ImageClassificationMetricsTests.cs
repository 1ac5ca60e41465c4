using MLVision.MLNetExtensions.Scoring.Results;

namespace MLNetExtensions.Tests.Scoring.Results;

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

    /// <summary>
    /// Hand arithmetic. Of bins 1/15 wide, (0.8, 0.8667] holds 0.82, right, and 0.84, wrong; (0.5333, 0.6] holds 0.55, right;
    /// (0.4667, 0.5333] holds 0.5, wrong; all of four: (|1 − 1.66| + |1 − 0.55| + |0 − 0.5|) / 4 = (0.66 + 0.45 + 0.5) / 4.
    /// </summary>
    [Fact]
    public void Of_FourConfidences_HaveTheCalibrationErrorOfHandArithmetic()
    {
        (int, IReadOnlyList<float>)[] scored = [(0, [0.82f, 0.18f]), (1, [0.84f, 0.16f]), (1, [0.45f, 0.55f]), (1, [0.5f, 0.5f])];

        var metrics = ImageClassificationMetrics.Of(["a", "b"], scored, [], seconds: 1);

        Assert.Equal(1.61 / 4, metrics.ExpectedCalibrationError, precision: 6);      // scores are single precision
        Assert.Equal(15, metrics.Calibration.Count);
        var bin = metrics.Calibration[12];
        Assert.Equal((0.8, 2, 0.5), (bin.From, bin.Images, bin.ShareRight));
        Assert.Equal(0.83, bin.MeanProbability!.Value, precision: 6);
        var empty = metrics.Calibration[0];
        Assert.Equal((0, null, null), (empty.Images, empty.MeanProbability, empty.ShareRight));
    }

    /// <summary>Bins are closed above: 0.2 = 3/15 is in the third, with 0.15, and 1 in the last.</summary>
    [Theory]
    [InlineData(0.2f, 0.15f, 0.325)]     // one bin: |1 − 0.35| / 2
    [InlineData(0.2f, 0.21f, 0.505)]     // two bins: (|1 − 0.2| + |0 − 0.21|) / 2
    [InlineData(1f, 1f, 0.5)]
    public void CalibrationError_EdgesOfBins_BelongToTheBinBelow(float right, float wrong, double expected)
    {
        var calibration = new CalibrationError();

        calibration.Add(right, isRight: true);
        calibration.Add(wrong, isRight: false);

        Assert.Equal(expected, calibration.Expected, precision: 6);
    }

    /// <summary>Of two images of a one is taken for b; so are the one of b and the one of c. There is no image of d.</summary>
    [Fact]
    public void Of_FourClasses_HaveTheFiguresOfHandArithmetic()
    {
        static IReadOnlyList<float> Taken(int c) => [.. Enumerable.Range(0, 4).Select(i => i == c ? 1f : 0f)];
        (int, IReadOnlyList<float>)[] scored = [(0, Taken(0)), (0, Taken(1)), (1, Taken(1)), (2, Taken(1))];

        var classes = ImageClassificationMetrics.Of(["a", "b", "c", "d"], scored, [], seconds: 1).PerClass;

        Assert.Equal(["a", "b", "c", "d"], classes.Select(c => c.Label));
        Assert.Equal([2, 1, 1, 0], classes.Select(c => c.Images));
        Assert.Equal([1, 1.0 / 3, null, null], classes.Select(c => c.Precision));       // nothing is taken for c or d
        Assert.Equal([0.5, 1, 0, null], classes.Select(c => c.Recall));                 // there is no d
        Assert.Equal([2.0 / 3, 0.5, 0, null], classes.Select(c => c.F1));
    }
}
