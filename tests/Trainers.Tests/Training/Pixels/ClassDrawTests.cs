using MLVision.Trainers.Training.Pixels;

namespace Trainers.Tests.Training.Pixels;

public sealed class ClassDrawTests
{
    [Fact]
    public void UpTo_MoreThanTheLimit_GivesThatManyOfEachClassInOrder()
    {
        int[] labels = [0, 1, 0, 1, 0, 1, 0, 2];

        var drawn = ClassDraw.UpTo(labels, 2, new Random(1));

        Assert.Equal(drawn.Order(), drawn);
        Assert.Equal([2, 2, 1], Enumerable.Range(0, 3).Select(label => drawn.Count(i => labels[i] == label)));
    }

    [Fact]
    public void UpTo_SameSeed_GivesTheSame()
    {
        var labels = Enumerable.Repeat(0, 100).ToArray();

        Assert.Equal(ClassDraw.UpTo(labels, 5, new Random(3)), ClassDraw.UpTo(labels, 5, new Random(3)));
        Assert.NotEqual(ClassDraw.UpTo(labels, 5, new Random(3)), ClassDraw.UpTo(labels, 5, new Random(4)));
    }

    [Fact]
    public void Share_ClassOfOne_Stays()
    {
        var drawn = ClassDraw.Share([0, 0, 0, 0, 1], 0.5, new Random(1));

        Assert.Equal(2, drawn.Count);
        Assert.DoesNotContain(4, drawn);
    }
}
