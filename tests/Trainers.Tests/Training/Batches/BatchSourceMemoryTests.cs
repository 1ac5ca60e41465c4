using MLVision.Trainers.Options;
using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Training.Augmentation;
using MLVision.Trainers.Training.Batches;
using MLVision.Trainers.Training.Pixels;
using static TorchSharp.torch;

namespace Trainers.Tests.Training.Batches;

/// <summary>Tensors are made on other threads, too: their number in the whole process is what it was.</summary>
[Collection(ProcessState.Name)]
public sealed class BatchSourceMemoryTests
{
    /// <summary>What other tests left to the finalizers is freed before anything is counted.</summary>
    public BatchSourceMemoryTests()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1)]
    [InlineData(0)]
    public void Epoch_ReadToTheEndOrNot_LeavesNoTensor(int batches)
    {
        var source = Source();
        var before = Tensor.TotalCount;

        foreach (var batch in source.Epoch(new Random(1), AugmentationOptions.Strong).Take(batches))
        {
            batch.Dispose();
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Epoch_ReceiverThatThrows_LeavesNoTensor()
    {
        var source = Source();
        var before = Tensor.TotalCount;

        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var batch in source.Epoch(new Random(1), AugmentationOptions.Strong))
            {
                using var fetched = batch;
                throw new OperationCanceledException();
            }
        });

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Epoch_Batch_OutlivesAScopeAroundTheReading()
    {
        Batch batch;
        using (NewDisposeScope())
        {
            batch = Source().Epoch(new Random(1), AugmentationOptions.Light).First();
        }

        using (batch)
        {
            Assert.Equal([4, 3, 16, 16], batch.Images.shape);
        }
    }

    [Fact]
    public void Make_WithTensorOperations_LeavesNoTensor()
    {
        var draw = new VariationDraw(AugmentationOptions.Strong with { TrivialAugment = true, RandomErasing = 1, Hue = 0.1 }, 16, 16);
        var images = new DeviceImages(Pixels(), new ImagePreprocessing(16, 16, Normalization.ImageNet), CPU, isChannelsLast: true);
        var random = new Random(1);
        var before = Tensor.TotalCount;

        for (var batch = 0; batch < 20; batch++)
        {
            var variations = Enumerable.Range(0, 12).Select(_ => draw.Next(random)).ToArray();
            images.Make([.. Enumerable.Range(0, 12)], variations, mix: null, threads: 1).Dispose();
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    private static BatchSource Source() => new(Pixels(), 4, new ImagePreprocessing(16, 16, Normalization.ImageNet), CPU);

    private static PixelSet Pixels() =>
        new(16, [.. Enumerable.Range(0, 12).Select(_ => new byte[16 * 16 * 3])], [.. Enumerable.Range(0, 12)]);
}
