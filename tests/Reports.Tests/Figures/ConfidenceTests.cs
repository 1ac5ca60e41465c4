using MLVision.MLNetExtensions.Scoring.Results;
using MLVision.Reports.Figures;

namespace Reports.Tests.Figures;

public sealed class ConfidenceTests
{
    /// <summary>Probabilities 0.9, 0.9, 0.6 and 0.6: 0.75 on average, and half of them are right.</summary>
    [Fact]
    public void Of_Predictions_IsTheMeanOverImages()
    {
        var metrics = ImageClassificationMetrics.Of(
            ["a", "b"], [(0, [0.9f, 0.1f]), (1, [0.9f, 0.1f]), (0, [0.6f, 0.4f]), (1, [0.6f, 0.4f])], [], seconds: 1);

        var confidence = Confidence.Of(metrics)!;

        Assert.Equal(0.75, confidence.Probability, 6);
        Assert.Equal(0.5, confidence.Right, 6);
        Assert.Contains("too sure", confidence.Describe(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.80, 0.81, "about as sure as it may be")]
    [InlineData(0.80, 0.85, "not sure enough")]
    public void Describe_ByTheDifference_Judges(double probability, double right, string expected) =>
        Assert.Contains(expected, new Confidence(probability, right).Describe(), StringComparison.Ordinal);
}
