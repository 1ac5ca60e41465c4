using MLVision.Trainers.Options;
using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Training.Batches;
using MLVision.Trainers.Training.Pixels;
using TorchSharp;

namespace Trainers.Tests.Training.Batches;

public sealed class BatchSourceTests
{
    /// <summary>(x − 0) / (1 / 255) on the scale 0..1 leaves the bytes as they are.</summary>
    private static readonly Normalization Bytes = new([0, 0, 0], [1 / 255f, 1 / 255f, 1 / 255f]);

    private const float Tolerance = 1e-4f;    // single precision around 255: 2⁻¹⁶ per rounding, two roundings

    [Fact]
    public void InOrder_Normalization_SubtractsTheMeanAndDividesPerChannel()
    {
        var normalization = new Normalization([0.2f, 0.4f, 0.6f], [0.1f, 0.2f, 0.5f]);
        var source = Source(size: 1, normalization, [51, 51, 255], [0, 255, 0]);

        using var batch = source.InOrder().Single();

        // 51 is 0.2 of 255: (0.2 − 0.2) / 0.1, (0.2 − 0.4) / 0.2, (1 − 0.6) / 0.5; then (0 − 0.2) / 0.1, (1 − 0.4) / 0.2, (0 − 0.6) / 0.5.
        AssertPixels([0, -1, 0.8f, -2, 3, -1.2f], batch);
    }

    [Fact]
    public void InOrder_Bytes_BecomeChannelRowColumn()
    {
        var source = Source(size: 2, Bytes, [1, 10, 100, 2, 20, 200, 3, 30, 130, 4, 40, 140]);

        using var batch = source.InOrder().Single();

        Assert.Equal([1, 3, 2, 2], batch.Images.shape);
        AssertPixels([1, 2, 3, 4, 10, 20, 30, 40, 100, 200, 130, 140], batch);
    }

    [Fact]
    public void InOrder_Images_LieChannelsLastInMemory()
    {
        var source = Source(size: 2, Bytes, Red(1, 2, 3, 4), Red(5, 6, 7, 8));

        using var batch = source.InOrder().Single();

        Assert.Equal([12, 1, 6, 3], batch.Images.stride());    // [H·W·3, 1, W·3, 3]
    }

    [Fact]
    public void InOrder_FiveImagesInBatchesOfTwo_KeepsOrderAndTheLastSingleImage()
    {
        var source = Numbered(count: 5, batchSize: 2);

        var batches = Consume(source.InOrder());

        Assert.Equal([[0, 1], [2, 3], [4]], batches);
    }

    [Fact]
    public void InOrder_Labels_GoWithTheirImages()
    {
        var source = new BatchSource(new PixelSet(1, [[7, 0, 0], [9, 0, 0]], [3, 1]), 2, new ImagePreprocessing(1, 1, Bytes), torch.CPU);

        using var batch = source.InOrder().Single();

        Assert.Equal([3L, 1L], batch.Labels.data<long>().ToArray());
    }

    [Fact]
    public void Epoch_TenImages_ShowsEachOnce()
    {
        var source = Numbered(count: 10, batchSize: 4);

        var batches = Consume(source.Epoch(new Random(1), AugmentationOptions.None));

        Assert.Equal([4, 4, 2], batches.Select(b => b.Length));
        Assert.Equal(Enumerable.Range(0, 10), batches.SelectMany(b => b).Order());
    }

    [Fact]
    public void Epoch_SecondOfOneGenerator_HasAnotherOrder()
    {
        var source = Numbered(count: 10, batchSize: 10);
        var random = new Random(1);

        var first = Consume(source.Epoch(random, AugmentationOptions.None)).Single();
        var second = Consume(source.Epoch(random, AugmentationOptions.None)).Single();

        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Epoch_SameSeed_GivesTheSameBatches()
    {
        var source = Numbered(count: 10, batchSize: 4);

        var first = Consume(source.Epoch(new Random(3), AugmentationOptions.None));
        var second = Consume(source.Epoch(new Random(3), AugmentationOptions.None));

        Assert.Equal(first, second);
    }

    [Fact]
    public void Epoch_OneImageLeftOver_IsLeftOut()
    {
        var source = Numbered(count: 9, batchSize: 4);

        var batches = Consume(source.Epoch(new Random(1), AugmentationOptions.None));

        Assert.Equal([4, 4], batches.Select(b => b.Length));
    }

    [Theory]
    [InlineData(0, 4, 0)]
    [InlineData(1, 4, 0)]
    [InlineData(2, 4, 1)]
    [InlineData(4, 4, 1)]
    [InlineData(5, 4, 1)]
    [InlineData(6, 4, 2)]
    [InlineData(8, 4, 2)]
    public void Steps_Images_CountsBatchesOfTwoOrMore(int images, int batchSize, int expected)
    {
        var source = Numbered(images, batchSize);

        var steps = source.Steps;

        Assert.Equal(expected, steps);
    }

    [Fact]
    public void Epoch_AnyNumberOfThreads_GivesTheSameBatches()
    {
        var expected = Consume(AugmentationOptions.Strong, threads: 1);

        Assert.Equal(expected, Consume(AugmentationOptions.Strong, threads: 2));
        Assert.Equal(expected, Consume(AugmentationOptions.Strong, threads: 7));
    }

    [Fact]
    public void Epoch_NotMixed_HasNoOtherLabels()
    {
        using var batch = Plain(size: 2, AugmentationOptions.Standard).First();

        Assert.Null(batch.OtherLabels);
    }

    [Theory]
    [InlineData(0.4, 0)]
    [InlineData(0, 0.4)]
    [InlineData(0.4, 0.4)]
    public void Epoch_Mixed_LabelsHaveTheSharesOfThePixels(double mixup, double cutmix)
    {
        var shares = new List<double>();
        foreach (var batch in Plain(size: 8, new() { MixupAlpha = mixup, CutmixAlpha = cutmix }))
        {
            using var fetched = batch;
            var (labels, others) = (batch.Labels.data<long>().ToArray(), batch.OtherLabels!.data<long>().ToArray());
            var reds = Flat(batch.Images).Chunk(3 * 64).Select(image => image.Take(64).Average());

            var expected = labels.Zip(others, (label, other) => ((1 - batch.OtherShare) * label) + (batch.OtherShare * other));
            Assert.Equal(expected, reds.Select(red => (double)red), (a, b) => Math.Abs(a - b) < 1e-3);
            shares.Add(batch.OtherShare);
        }

        Assert.All(shares, share => Assert.InRange(share, 0, 0.5));
        Assert.True(shares.Distinct().Count() > 2);
    }

    [Fact]
    public void InOrder_MixedOptions_AreNotMixed()
    {
        var source = Numbered(count: 4, batchSize: 4);

        using var batch = source.InOrder(new Random(1), new() { MixupAlpha = 1, CutmixAlpha = 1 }).Single();

        Assert.Null(batch.OtherLabels);
    }

    [Fact]
    public void Epoch_DisposedPixels_SaysSoItself()
    {
        var pixels = new PixelSet(1, [Red(1), Red(2)], [0, 1]);
        var source = new BatchSource(pixels, 2, new ImagePreprocessing(1, 1, Bytes), torch.CPU);
        pixels.Store.Dispose();

        Assert.Throws<ObjectDisposedException>(() => source.Epoch(new Random(1), AugmentationOptions.None).First());
    }

    /// <summary>Images of one red, which is their label.</summary>
    private static IEnumerable<Batch> Plain(int size, AugmentationOptions augmentation)
    {
        byte[][] images = [.. Enumerable.Range(0, 40).Select(i => Red([.. Enumerable.Repeat((byte)i, size * size)]))];
        var pixels = new PixelSet(size, images, [.. Enumerable.Range(0, 40)]);
        return new BatchSource(pixels, 4, new ImagePreprocessing(size, size, Bytes), torch.CPU).Epoch(new Random(1), augmentation);
    }

    /// <summary>An epoch of noise: everything that its batches hold.</summary>
    private static List<float> Consume(AugmentationOptions augmentation, int threads)
    {
        var noise = new Random(2);
        byte[] Noise()
        {
            var image = new byte[24 * 24 * 3];
            noise.NextBytes(image);
            return image;
        }

        var pixels = new PixelSet(24, [.. Enumerable.Range(0, 48).Select(_ => Noise())], [.. Enumerable.Range(0, 48)]);
        var source = new BatchSource(pixels, 8, new ImagePreprocessing(24, 20, Normalization.ImageNet), torch.CPU) { Threads = threads };
        return
        [
            .. source.Epoch(new Random(3), augmentation).SelectMany(batch =>
            {
                using (batch)
                {
                    long[] labels = [.. batch.Labels.data<long>(), .. batch.OtherLabels!.data<long>()];
                    return (float[])[.. Flat(batch.Images), .. labels.Select(label => (float)label), (float)batch.OtherShare];
                }
            }),
        ];
    }

    private static BatchSource Source(int size, Normalization normalization, params byte[][] images) =>
        new(new PixelSet(
            size, images, new int[images.Length]), images.Length, new ImagePreprocessing(size, size, normalization), torch.CPU);

    /// <summary>Images of one pixel whose red is their number.</summary>
    private static BatchSource Numbered(int count, int batchSize) =>
        new(new PixelSet(1, [.. Enumerable.Range(0, count).Select(i => Red((byte)i))], new int[count]), batchSize, new ImagePreprocessing(
            1, 1, Bytes), torch.CPU);

    private static byte[] Red(params byte[] values) => [.. values.SelectMany(value => new byte[] { value, 0, 0 })];

    private static int[][] Consume(IEnumerable<Batch> batches) => [.. batches.Select(batch =>
    {
        using (batch)
        {
            return Flat(batch.Images).Chunk(3).Select(pixel => (int)MathF.Round(pixel[0])).ToArray();
        }
    })];

    private static float[] Flat(torch.Tensor images)
    {
        using var plain = images.contiguous();
        return plain.data<float>().ToArray();
    }

    private static void AssertPixels(float[] expected, Batch batch) =>
        Assert.Equal(expected, Flat(batch.Images), (a, b) => Math.Abs(a - b) < Tolerance);
}
