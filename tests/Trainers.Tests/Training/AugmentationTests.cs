using Trainers.Training;

namespace Trainers.Tests.Training;

public sealed class AugmentationTests
{
    private const int Draws = 1000;    // misses one of 9 shifts with probability (8/9)¹⁰⁰⁰; the seed is fixed anyway

    [Fact]
    public void Draw_ManyTimes_ReachesEveryShiftUpToTheLargestAndNoOther()
    {
        var random = new Random(1);

        var drawn = Enumerable.Range(0, Draws).Select(_ => Augmentation.Draw(random, maxShift: 4, flip: true)).ToList();

        var expected = Enumerable.Range(-4, 9);
        Assert.Equal(expected, drawn.Select(a => a.ShiftX).Distinct().Order());
        Assert.Equal(expected, drawn.Select(a => a.ShiftY).Distinct().Order());
    }

    [Fact]
    public void Draw_WithFlip_FlipsAboutHalf()
    {
        var random = new Random(1);

        var flips = Enumerable.Range(0, Draws).Count(_ => Augmentation.Draw(random, maxShift: 4, flip: true).Flip);

        Assert.InRange(flips, 420, 580);    // 500 ± 5 standard deviations of √1000 / 2
    }

    [Fact]
    public void Draw_WithoutShiftAndFlip_IsNone()
    {
        var random = new Random(1);

        var drawn = Enumerable.Range(0, Draws).Select(_ => Augmentation.Draw(random, maxShift: 0, flip: false));

        Assert.All(drawn, augmentation => Assert.Equal(Augmentation.None, augmentation));
    }
}
