using MLVision.Trainers.Training.Pixels;

namespace Trainers.Tests.Training.Pixels;

public sealed class PixelSetTests
{
    [Fact]
    public void Split_ATenth_TakesATenthOfEveryClass()
    {
        var set = Set((Label: 0, Count: 10), (Label: 1, Count: 30), (Label: 2, Count: 20));

        var (kept, heldOut) = set.Split(0.1, new Random(1));

        Assert.Equal([(0, 1), (1, 3), (2, 2)], CountByLabel(heldOut));
        Assert.Equal([(0, 9), (1, 27), (2, 18)], CountByLabel(kept));
    }

    [Fact]
    public void Split_AnyFraction_PutsEveryImageInOnePartWithItsLabel()
    {
        var set = Set((Label: 0, Count: 7), (Label: 1, Count: 5));

        var (kept, heldOut) = set.Split(0.4, new Random(1));

        Assert.Equal(Enumerable.Range(0, 12), Images(kept).Concat(Images(heldOut)).Order());
        var labels = Images(kept).Zip(kept.Labels).Concat(Images(heldOut).Zip(heldOut.Labels));
        Assert.All(labels, pair => Assert.Equal(pair.First < 7 ? 0 : 1, pair.Second));
    }

    [Fact]
    public void Split_Parts_KeepTheSetsOrder()
    {
        var set = Set((Label: 0, Count: 20));

        var (kept, heldOut) = set.Split(0.5, new Random(1));

        Assert.Equal(Images(kept).Order(), Images(kept));
        Assert.Equal(Images(heldOut).Order(), Images(heldOut));
    }

    [Fact]
    public void Split_SameSeed_HoldsOutTheSameImages()
    {
        var set = Set((Label: 0, Count: 20), (Label: 1, Count: 20));

        var first = set.Split(0.25, new Random(5)).HeldOut;
        var second = set.Split(0.25, new Random(5)).HeldOut;

        Assert.Equal(Images(first), Images(second));
    }

    [Fact]
    public void Split_OtherSeed_HoldsOutOtherImages()
    {
        var set = Set((Label: 0, Count: 20), (Label: 1, Count: 20));

        var first = set.Split(0.25, new Random(5)).HeldOut;
        var second = set.Split(0.25, new Random(6)).HeldOut;

        Assert.NotEqual(Images(first), Images(second));
    }

    [Fact]
    public void Split_Parts_ShareTheStore()
    {
        var set = Set((Label: 0, Count: 4));

        var (kept, heldOut) = set.Split(0.5, new Random(1));

        Assert.Same(set.Store, kept.Store);
        Assert.Same(set.Store, heldOut.Store);
    }

    [Theory]
    [InlineData(1, 0.9)]
    [InlineData(2, 0.99)]
    public void Split_SmallClass_KeepsAtLeastOneImageOfIt(int images, double fraction)
    {
        var set = Set((Label: 0, Count: images), (Label: 1, Count: 10));

        var (kept, _) = set.Split(fraction, new Random(1));

        Assert.Equal(1, kept.Labels.Count(label => label == 0));
    }

    [Fact]
    public void Split_FractionOfZero_HoldsOutNothing()
    {
        var set = Set((Label: 0, Count: 10));

        var (kept, heldOut) = set.Split(0, new Random(1));

        Assert.Equal((10, 0), (kept.Count, heldOut.Count));
    }

    /// <summary>Images of one pixel whose red is their number.</summary>
    private static PixelSet Set(params (int Label, int Count)[] classes)
    {
        var labels = classes.SelectMany(c => Enumerable.Repeat(c.Label, c.Count)).ToArray();
        return new PixelSet(1, [.. labels.Select((_, i) => new byte[] { (byte)i, 0, 0 })], labels);
    }

    private static int[] Images(PixelSet set)
    {
        using var pixels = set.Read();
        var numbers = new int[set.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = pixels[i][0];
        }

        return numbers;
    }

    private static IEnumerable<(int Label, int Count)> CountByLabel(PixelSet set) =>
        set.Labels.CountBy(l => l).Select(p => (p.Key, p.Value));
}
