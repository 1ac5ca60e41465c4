using BenchmarkDotNet.Attributes;
using MLVision.Trainers.Native;
using MLVision.Trainers.Options;
using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Training.Batches;
using MLVision.Trainers.Training.Pixels;
using TorchSharp;

namespace Benchmarks;

/// <summary>Filling a batch of 16 images of 224 pixels for training, on all cores: stored bytes become normalised, varied floats.</summary>
public class BatchBenchmarks
{
    private const int Size = 224;
    private const int BatchSize = 16;
    private const int Seed = 1;

    private readonly PixelStore _store;
    private readonly BatchSource _source;

    /// <summary>Draws the images.</summary>
    public BatchBenchmarks()
    {
        TorchRuntime.EnsureLoaded();
        var random = new Random(Seed);
        _store = PixelStore.Of(Size, Enumerable.Range(0, BatchSize).Select(_ =>
        {
            var image = new byte[Size * Size * 3];
            random.NextBytes(image);
            return image;
        }));
        var numbers = Enumerable.Range(0, BatchSize).ToArray();
        _source = new BatchSource(
            new PixelSet(_store, numbers, numbers), BatchSize, new ImagePreprocessing(Size, Size, Normalization.ImageNet), torch.CPU);
    }

    /// <summary>Not varied.</summary>
    [Benchmark(Baseline = true)]
    public void None() => Fill(AugmentationOptions.None);

    /// <summary>Shifted and mirrored.</summary>
    [Benchmark]
    public void Light() => Fill(AugmentationOptions.Light);

    /// <summary>Cropped, mirrored, other light.</summary>
    [Benchmark]
    public void Standard() => Fill(AugmentationOptions.Standard);

    /// <summary>Cropped, TrivialAugment, erased, mixed.</summary>
    [Benchmark]
    public void Strong() => Fill(AugmentationOptions.Strong);

    /// <summary>Releases the images.</summary>
    [GlobalCleanup]
    public void Dispose() => _store.Dispose();

    private void Fill(AugmentationOptions augmentation)
    {
        foreach (var batch in _source.Epoch(new Random(Seed), augmentation))
        {
            batch.Dispose();
        }
    }
}
