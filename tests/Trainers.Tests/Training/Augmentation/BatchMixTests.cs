using MLVision.Trainers.Options;
using MLVision.Trainers.Training.Augmentation;

namespace Trainers.Tests.Training.Augmentation;

public sealed class BatchMixTests
{
    private const int Draws = 4000;

    [Fact]
    public void Apply_Mixup_BlendsEachImageWithTheOneBeforeAndTheFirstWithTheLast()
    {
        var images = Images(size: 4, 10, 20, 40);

        Apply(new BatchMix(0.75, Pasted: null), images, size: 4);

        // 0.75 · 10 + 0.25 · 40, 0.75 · 20 + 0.25 · 10, 0.75 · 40 + 0.25 · 20: exact in single precision.
        Assert.All(images[0], value => Assert.Equal(17.5f, value));
        Assert.All(images[1], value => Assert.Equal(17.5f, value));
        Assert.All(images[2], value => Assert.Equal(35f, value));
    }

    [Fact]
    public void Apply_Cutmix_PastesTheRectangleOfTheOneBefore()
    {
        var images = Images(size: 4, 10, 20, 40);

        Apply(new BatchMix(1 - (2 / 16.0), new PixelWindow(1, 2, 2, 1)), images, size: 4);

        AssertPasted(own: 10, other: 40, images[0]);
        AssertPasted(own: 20, other: 10, images[1]);
        AssertPasted(own: 40, other: 20, images[2]);

        static void AssertPasted(float own, float other, float[] image) => Assert.Equal(
            [.. Enumerable.Repeat(own, 9 * 3), .. Enumerable.Repeat(other, 2 * 3), .. Enumerable.Repeat(own, 5 * 3)], image);
    }

    [Fact]
    public void Apply_ImagesLargerThanWhatAThreadTakesAtATime_MixesAllOfThem()
    {
        const int Size = 61;    // 11163 values: neither whole parts nor whole vectors
        var images = Images(Size, 1, 2);

        Apply(new BatchMix(0.5, Pasted: null), images, Size);

        Assert.All(images, image => Assert.All(image, value => Assert.Equal(1.5f, value)));
    }

    [Fact]
    public void Draw_NeitherSwitchedOn_IsNone() => Assert.Null(BatchMix.Draw(new Random(1), AugmentationOptions.None, imageSize: 32));

    [Fact]
    public void Draw_Both_TakesEachForHalfOfTheBatches()
    {
        var drawn = Draw(new() { MixupAlpha = 0.2, CutmixAlpha = 1 });

        Assert.InRange(drawn.Count(mix => mix.Pasted is null), 1842, 2158);    // 2000 ± 5 standard deviations of √4000 / 2
    }

    [Fact]
    public void Draw_Cutmix_ShareIsWhatTheRectangleLeaves()
    {
        var drawn = Draw(new() { CutmixAlpha = 1 });

        Assert.All(drawn, mix =>
        {
            var window = mix.Pasted!.Value;
            Assert.InRange(window.Left, 0, 32 - window.Width);
            Assert.InRange(window.Top, 0, 32 - window.Height);
            Assert.Equal(1 - (window.Width * window.Height / 1024.0), mix.OwnShare, 1e-12);
        });

        // Rectangles from none to nearly all of the image must come.
        Assert.Contains(drawn, mix => mix.OwnShare == 1);
        Assert.Contains(drawn, mix => mix.OwnShare < 0.2);
    }

    private static void Apply(BatchMix mix, float[][] images, int size) => mix.Apply(i => images[i], images.Length, size, threads: 2);

    /// <summary>Images of one value each.</summary>
    private static float[][] Images(int size, params float[] values) =>
        [.. values.Select(value => Enumerable.Repeat(value, size * size * 3).ToArray())];

    private static List<BatchMix> Draw(AugmentationOptions options)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, Draws).Select(_ => BatchMix.Draw(random, options, imageSize: 32)!)];
    }
}
