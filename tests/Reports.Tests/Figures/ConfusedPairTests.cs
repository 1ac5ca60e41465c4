using MLVision.MLNetExtensions.Scoring.Results;
using MLVision.Reports.Figures;

namespace Reports.Tests.Figures;

public sealed class ConfusedPairTests
{
    // a: 1 right, 2 for b, 1 for c. b: all right. c: 1 for a, of 2.
    private static readonly (int, IReadOnlyList<float>)[] Scored =
    [
        (0, [1, 0, 0]), (0, [0, 1, 0]), (0, [0, 1, 0]), (0, [0, 0, 1]), (1, [0, 1, 0]), (2, [1, 0, 0]), (2, [0, 0, 1]),
    ];

    private static ImageClassificationMetrics Metrics => ImageClassificationMetrics.Of(["a", "b", "c"], Scored, [], seconds: 1);

    [Fact]
    public void Of_Confusion_IsByImagesThenShare()
    {
        var pairs = ConfusedPair.Of(Metrics, most: 10);

        Assert.Equal([new("a", "b", 2, 0.5), new("c", "a", 1, 0.5), new("a", "c", 1, 0.25)], pairs);
    }

    [Fact]
    public void Of_MoreThanAskedFor_IsTheFirstOnes() => Assert.Equal("b", Assert.Single(ConfusedPair.Of(Metrics, most: 1)).Predicted);

    /// <summary>Errors of a and for a: 3 + 1; of b: 0 + 2; of c: 1 + 1, and of equals the first stays.</summary>
    [Fact]
    public void Table_OfFewOfMany_HasThoseThatAreConfusedMost()
    {
        var table = ConfusionTable.Of(Metrics, most: 2);

        Assert.Equal(["a", "b"], table.Labels);
        Assert.Equal(1, table.OtherClasses);
        Assert.Equal([1, 2], table.Rows[0].Counts);
        Assert.Equal((4, 1), (table.Rows[0].Images, table.Rows[0].Others));
        Assert.Equal([0, 1], table.Rows[1].Counts);
    }

    [Fact]
    public void Table_OfFewClasses_HasAll()
    {
        var table = ConfusionTable.Of(Metrics, most: 20);

        Assert.Equal(["a", "b", "c"], table.Labels);
        Assert.Equal(0, table.OtherClasses);
        Assert.All(table.Rows, row => Assert.Equal(0, row.Others));
    }
}
