using MLVision.MLNetExtensions.Doctor.Labels;

namespace MLNetExtensions.Tests.Doctor.Labels;

public sealed class StratifiedFoldsTests
{
    private static readonly int[] Classes = [.. Enumerable.Repeat(0, 10), .. Enumerable.Repeat(1, 15), .. Enumerable.Repeat(2, 3)];

    [Fact]
    public void Deal_Classes_AreSpreadEvenly()
    {
        var folds = StratifiedFolds.Deal(Classes, [.. Enumerable.Range(0, Classes.Length)], folds: 5, seed: 1);

        Assert.All(Enumerable.Range(0, 5), fold =>
        {
            Assert.Equal((2, 3), (Count(fold, 0), Count(fold, 1)));
            Assert.InRange(Count(fold, 2), 0, 1);
        });

        int Count(int fold, int label) => folds.Zip(Classes).Count(pair => pair == (fold, label));
    }

    [Fact]
    public void Deal_Groups_StayTogether()
    {
        int[] groups = [.. Enumerable.Range(0, Classes.Length).Select(image => image / 4)];

        var folds = StratifiedFolds.Deal(Classes, groups, folds: 5, seed: 1);

        Assert.All(groups.Distinct(), group => Assert.Single(folds.Zip(groups).Where(pair => pair.Second == group).Distinct()));
    }

    [Fact]
    public void Deal_AnotherSeed_DealsOtherwise()
    {
        int[] groups = [.. Enumerable.Range(0, Classes.Length)];

        Assert.Equal(StratifiedFolds.Deal(Classes, groups, 5, seed: 1), StratifiedFolds.Deal(Classes, groups, 5, seed: 1));
        Assert.NotEqual(StratifiedFolds.Deal(Classes, groups, 5, seed: 1), StratifiedFolds.Deal(Classes, groups, 5, seed: 2));
    }
}
