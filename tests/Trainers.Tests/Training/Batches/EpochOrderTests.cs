using MLVision.Trainers.Options;
using MLVision.Trainers.Training.Batches;

namespace Trainers.Tests.Training.Batches;

public sealed class EpochOrderTests
{
    /// <summary>Six images of class 0, three of class 1, one of class 3, none of class 2.</summary>
    private static readonly int[] Skewed = [0, 0, 0, 1, 0, 1, 3, 0, 0, 1];

    [Theory]
    [InlineData(ClassBalance.None)]
    [InlineData(ClassBalance.WeightedLoss)]
    public void Draw_NotBalanced_ShowsEveryImageOnce(ClassBalance balance)
    {
        var order = EpochOrder.Draw(Skewed, balance, new Random(1));

        Assert.Equal(Enumerable.Range(0, 10), order.Order());
        Assert.NotEqual(Enumerable.Range(0, 10), order);
    }

    [Fact]
    public void Draw_Balanced_ShowsEveryClassEquallyOften()
    {
        var order = EpochOrder.Draw(Skewed, ClassBalance.BalancedSampling, new Random(1));

        // Ten images of three classes: two of them three times, one four times.
        Assert.Equal([3, 3, 4], order.GroupBy(i => Skewed[i]).Select(group => group.Count()).Order());
        Assert.Equal([0, 1, 3], order.Select(i => Skewed[i]).Distinct().Order());
    }

    [Fact]
    public void Draw_BalancedManyTimes_GivesEveryClassTheSameShare()
    {
        var random = new Random(1);

        var counts = Enumerable.Range(0, 300).SelectMany(_ => EpochOrder.Draw(Skewed, ClassBalance.BalancedSampling, random))
            .GroupBy(i => Skewed[i]).Select(group => group.Count());

        Assert.All(counts, count => Assert.InRange(count, 960, 1040));      // 3000 / 3 ± 5 standard deviations of √(300 · 2/9) = 8
    }

    [Fact]
    public void Draw_Balanced_RepeatsNoImageBeforeTheOthersOfItsClass()
    {
        int[] labels = [.. Enumerable.Repeat(0, 20), 1, 1, 1];

        var order = EpochOrder.Draw(labels, ClassBalance.BalancedSampling, new Random(1));

        // 23 images: a class comes 11 or 12 times. Twenty images do not repeat; three come three to four times each.
        Assert.All(order.Where(i => labels[i] == 0).GroupBy(i => i), group => Assert.Single(group));
        Assert.All(order.Where(i => labels[i] == 1).GroupBy(i => i), group => Assert.InRange(group.Count(), 3, 4));
    }

    [Fact]
    public void Draw_BalancedManyTimes_ReachesEveryImage()
    {
        var random = new Random(1);

        var seen = Enumerable.Range(0, 30).SelectMany(_ => EpochOrder.Draw(Skewed, ClassBalance.BalancedSampling, random)).Distinct();

        Assert.Equal(Enumerable.Range(0, 10), seen.Order());
    }

    [Theory]
    [InlineData(ClassBalance.None)]
    [InlineData(ClassBalance.BalancedSampling)]
    public void Draw_SameSeed_GivesTheSameOrder(ClassBalance balance)
    {
        var first = EpochOrder.Draw(Skewed, balance, new Random(7));
        var second = EpochOrder.Draw(Skewed, balance, new Random(7));
        var other = EpochOrder.Draw(Skewed, balance, new Random(8));

        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
    }

    [Theory]
    [InlineData(ClassBalance.None)]
    [InlineData(ClassBalance.BalancedSampling)]
    public void Draw_NoImages_IsEmpty(ClassBalance balance) => Assert.Empty(EpochOrder.Draw([], balance, new Random(1)));
}
