using MLVision.Trainers.Training.Remembered;

namespace Trainers.Tests.Training.Remembered;

public sealed class RememberedRowsTests
{
    private static readonly FeatureRows Four = new([0, 1, 0, 1], [1, 2, 3, 4, 5, 6, 7, 8]);
    private static readonly FeatureRows One = new([1], [9, 10]);

    [Theory]
    [InlineData(32, 28, 4)]
    [InlineData(10, 9, 1)]
    [InlineData(1, 1, 0)]
    public void Limits_OfAClass_AreSoManyTogether(int most, int learnt, int heldOut) =>
        Assert.Equal((learnt, heldOut), RememberedRows.Limits(most));

    [Fact]
    public void For_SomeHeldOutBefore_KeepsThemApart()
    {
        var rows = new RememberedRows(Four, One);

        Assert.Same(rows, rows.For(0.1, new Random(1)));
    }

    [Fact]
    public void For_NoneHeldOutBefore_HoldsOutAShareOfEachClass()
    {
        var (learnt, heldOut) = new RememberedRows(Four, FeatureRows.None).For(0.5, new Random(1));

        Assert.Equal([0, 1], learnt.Classes.Order());
        Assert.Equal([0, 1], heldOut.Classes.Order());
        Assert.Equal(Four.Values.AsEnumerable(), learnt.Values.Concat(heldOut.Values).Order());
    }

    [Fact]
    public void For_NothingToHoldOut_LearnsFromAll()
    {
        var (learnt, heldOut) = new RememberedRows(Four, One).For(0, new Random(1));

        Assert.Equal([0, 1, 0, 1, 1], learnt.Classes);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], learnt.Values);
        Assert.Equal(0, heldOut.Count);
    }

    [Fact]
    public void Only_Indices_GivesTheirRows()
    {
        var rows = Four.Only([3, 0]);

        Assert.Equal([1, 0], rows.Classes);
        Assert.Equal([7, 8, 1, 2], rows.Values);
    }
}
