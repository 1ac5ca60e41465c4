using MLVision.Trainers.Options;
using MLVision.Trainers.Training.Augmentation;

namespace Trainers.Tests.Training.Augmentation;

public sealed class VariationDrawTests
{
    private const int Draws = 4000;

    [Fact]
    public void Next_None_IsTheImageAsItIs()
    {
        var drawn = Draw(AugmentationOptions.None, count: 1).Single();

        Assert.Equivalent(ImageVariation.None, drawn);
    }

    [Fact]
    public void Next_Shift_ReachesEveryShiftUpToTheLargestAndNoOther()
    {
        var drawn = Draw(new() { Shift = 0.125 }, imageSize: 32);

        var expected = Enumerable.Range(-4, 9);
        Assert.Equal(expected, drawn.Select(v => v.ShiftX).Distinct().Order());
        Assert.Equal(expected, drawn.Select(v => v.ShiftY).Distinct().Order());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(1)]
    public void Next_Flips_HaveTheirProbability(double probability)
    {
        var drawn = Draw(new() { HorizontalFlip = probability, VerticalFlip = 1 - probability });

        var fiveDeviations = 5 * Math.Sqrt(Draws * probability * (1 - probability));
        Assert.Equal(Draws * probability, drawn.Count(v => v.IsMirrored), fiveDeviations);
        Assert.Equal(Draws * (1 - probability), drawn.Count(v => v.IsUpsideDown), fiveDeviations);
    }

    [Fact]
    public void Next_Crop_LiesInsideTheStoredImageWithAreaAndAspectInTheirRanges()
    {
        var drawn = Draw(new() { RandomResizedCrop = true, MinCropScale = 0.3, MaxCropScale = 0.6 }, storedSize: 200, imageSize: 100)
            .ConvertAll(v => v.Crop!.Value);

        Assert.All(drawn, crop =>
        {
            Assert.InRange(crop.Left, 0, 200 - crop.Width);
            Assert.InRange(crop.Top, 0, 200 - crop.Height);
            Assert.InRange(crop.Width * crop.Height / 40000.0, 0.3 - 0.01, 0.6 + 0.01);         // whole pixels: 0.5 · (w + h) / 200²
            Assert.InRange(crop.Width / (double)crop.Height, 0.75 - 0.02, (4 / 3.0) + 0.02);
        });
    }

    [Fact]
    public void Next_Crop_DrawsAreaEvenlyAndAspectEvenlyInItsLogarithm()
    {
        var drawn = Draw(new() { RandomResizedCrop = true, MinCropScale = 0.2, MaxCropScale = 0.6 }, storedSize: 500)
            .ConvertAll(v => v.Crop!.Value);

        AssertMean(0.4, deviation: 0.4 / Math.Sqrt(12), drawn.Select(crop => crop.Width * crop.Height / 250000.0));
        AssertMean(0, deviation: 2 * Math.Log(4 / 3.0) / Math.Sqrt(12), drawn.Select(crop => Math.Log(crop.Width / (double)crop.Height)));
    }

    [Fact]
    public void Next_Crop_OfTheWholeAtOtherAspectsThanTheImages_FallsBackToTheCentre()
    {
        var options = new AugmentationOptions { RandomResizedCrop = true, MinCropScale = 1, MinCropAspect = 1.25, MaxCropAspect = 2 };

        var crop = Draw(options, storedSize: 100, count: 1).Single().Crop;

        Assert.Equal(new PixelWindow(0, 10, 100, 80), crop);    // the whole width, and the nearest aspect: 100 / 80 = 1.25
    }

    [Fact]
    public void Next_Erasing_HasItsProbabilityAndLiesInside()
    {
        var drawn = Draw(new() { RandomErasing = 0.4 }, imageSize: 64);

        var erased = drawn.Where(v => v.Erased is not null).Select(v => v.Erased!.Value).ToList();
        Assert.Equal(0.4 * Draws, erased.Count, 5 * Math.Sqrt(Draws * 0.4 * 0.6));
        Assert.All(erased, window =>
        {
            Assert.InRange(window.Left, 0, 64 - window.Width);
            Assert.InRange(window.Top, 0, 64 - window.Height);
            Assert.InRange(window.Width * window.Height / 4096.0, 0.02 - 0.01, 0.33 + 0.015);    // whole pixels: 0.5 · (w + h) / 64²
        });
    }

    [Fact]
    public void Next_Jitter_DrawsEvenlyAroundNoChangeInAnyOrder()
    {
        var drawn = Draw(new() { Brightness = 0.4, Contrast = 0.3, Saturation = 0.2, Hue = 0.1 }).ConvertAll(v => v.Changes);

        Assert.Equal(24, drawn.Select(changes => string.Join(' ', changes.Select(change => change.Operation))).Distinct().Count());    // 4!
        AssertEven(PixelOperation.Brightness, 0.6, 1.4);
        AssertEven(PixelOperation.Contrast, 0.7, 1.3);
        AssertEven(PixelOperation.Saturation, 0.8, 1.2);
        AssertEven(PixelOperation.Hue, -0.1, 0.1);

        void AssertEven(PixelOperation operation, double least, double most)
        {
            var strengths = drawn.ConvertAll(changes => changes.Single(change => change.Operation == operation).Strength);
            Assert.All(strengths, strength => Assert.InRange(strength, least, most));
            AssertMean((least + most) / 2, (most - least) / Math.Sqrt(12), strengths);
        }
    }

    [Fact]
    public void Next_TrivialAugment_ComesAfterTheJitter()
    {
        var drawn = Draw(new() { Brightness = 0.4, TrivialAugment = true }).ConvertAll(v => v.Changes);

        Assert.All(drawn, changes => Assert.Equal(PixelOperation.Brightness, changes[0].Operation));
        Assert.Equal([1, 2], drawn.Select(changes => changes.Count).Distinct().Order());    // 1 where nothing was drawn
    }

    /// <summary>The mean of as many even draws lies within five of its standard deviations.</summary>
    private static void AssertMean(double expected, double deviation, IEnumerable<double> values) =>
        Assert.Equal(expected, values.Average(), 5 * deviation / Math.Sqrt(Draws));

    private static List<ImageVariation> Draw(AugmentationOptions options, int storedSize = 32, int imageSize = 32, int count = Draws)
    {
        var random = new Random(1);
        var draw = new VariationDraw(options, storedSize, imageSize);
        return [.. Enumerable.Range(0, count).Select(_ => draw.Next(random))];
    }
}
