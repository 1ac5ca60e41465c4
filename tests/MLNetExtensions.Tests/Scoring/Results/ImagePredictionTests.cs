using MLVision.MLNetExtensions.Scoring.Results;

namespace MLNetExtensions.Tests.Scoring.Results;

public sealed class ImagePredictionTests
{
    private static readonly string[] Labels = ["a", "b", "c"];

    [Fact]
    public void Label_OfScores_IsTheMostProbable()
    {
        var prediction = new ImagePrediction("x.jpg", Labels, [0.2f, 0.5f, 0.3f]);

        Assert.Equal(("b", 0.5f, null), (prediction.Label, prediction.Probability, prediction.Error));
    }

    [Theory]
    [InlineData(1, new[] { "b" })]
    [InlineData(2, new[] { "b", "a" })]
    [InlineData(9, new[] { "b", "a", "c" })]
    public void Top_SomeOfThree_AreInFallingOrderAndEqualsInThatOfTheClasses(int count, string[] expected)
    {
        var prediction = new ImagePrediction(null, Labels, [0.2f, 0.6f, 0.2f]);

        var top = prediction.Top(count);

        Assert.Equal(expected, top.Select(t => t.Label));
        Assert.Equal(0.6f, top[0].Probability);
    }

    [Fact]
    public void Top_None_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImagePrediction(null, Labels, [0.2f, 0.6f, 0.2f]).Top(0));

    [Fact]
    public void Constructor_ScoresOfOtherClasses_Throws() =>
        Assert.Throws<ArgumentException>(() => new ImagePrediction(null, Labels, [1f]));

    [Fact]
    public void Failed_HasAnErrorAndNothingElse()
    {
        var prediction = ImagePrediction.Failed("x.jpg", "the file is empty.");

        Assert.Equal(
            ("x.jpg", "the file is empty.", "", 0f), (prediction.Image, prediction.Error, prediction.Label, prediction.Probability));
        Assert.Empty(prediction.Scores);
        Assert.Empty(prediction.Top(3));
    }
}
