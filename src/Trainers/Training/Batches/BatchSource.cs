using MLVision.Trainers.Native;
using MLVision.Trainers.Options;
using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Training.Augmentation;
using MLVision.Trainers.Training.Pixels;
using MLVision.Trainers.Training.Recipe;
using TorchSharp;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Batches;

/// <summary>Makes batches from a set of pixels: in order for validation, shuffled and augmented for training.</summary>
internal sealed class BatchSource : IBatches
{
    private const int MostThreads = 16;

    private readonly PixelSet _pixels;
    private readonly int _batchSize;
    private readonly ImagePreprocessing _preprocessing;
    private readonly Device _device;
    private readonly bool _isChannelsLast;
    private readonly IBatchImages _images;

    /// <summary>Prepares to make batches; nothing is read yet.</summary>
    public BatchSource(PixelSet pixels, int batchSize, ImagePreprocessing preprocessing, Device device, bool isChannelsLast = true)
    {
        (_pixels, _batchSize, _preprocessing, _device, _isChannelsLast) = (pixels, batchSize, preprocessing, device, isChannelsLast);
        _images = device.type == DeviceType.CPU
            ? new HostImages(pixels, preprocessing, isChannelsLast) : new DeviceImages(pixels, preprocessing, device, isChannelsLast);
    }

    /// <summary>Largest number of threads that fill a batch; it does not change the batch.</summary>
    public int Threads { get; init; } = Math.Min(Environment.ProcessorCount, MostThreads);

    /// <summary>How often an epoch of training shows each class.</summary>
    public ClassBalance Balance { get; init; }

    /// <summary>How images are augmented in an epoch of training.</summary>
    public AugmentationOptions Augmentation { get; init; } = AugmentationOptions.None;

    /// <summary>The device that batches are copied to.</summary>
    public Device Device => _device;

    /// <summary>Class of each image.</summary>
    public IReadOnlyList<int> Labels => _pixels.Labels;

    /// <inheritdoc cref="PixelSet.Digest"/>
    public string Digest() => _pixels.Digest();

    /// <summary>Number of images.</summary>
    public int Count => _pixels.Count;

    /// <summary>Width and height in pixels of the network's input.</summary>
    public int ImageSize => _preprocessing.ImageSize;

    /// <summary>How pixels are shifted and scaled.</summary>
    public Normalization Normalization => _preprocessing.Normalization;

    /// <summary>Batches of the images of the given indices alone, in their order.</summary>
    public BatchSource Only(IReadOnlyList<int> indices) =>
        new(_pixels.Only(indices), _batchSize, _preprocessing, _device, _isChannelsLast) { Threads = Threads };

    /// <summary>Steps per epoch of training.</summary>
    public int Steps => EpochSteps.Of(_pixels.Count, _batchSize);

    /// <summary>Number of batches of <see cref="InOrder()"/>.</summary>
    public int BatchesInOrder => (Count + _batchSize - 1) / _batchSize;

    /// <summary>Every image once, unchanged, in order.</summary>
    public IEnumerable<Batch> InOrder() => InOrder(Random.Shared, AugmentationOptions.None);

    /// <summary>Every image once, augmented but not mixed with others, in order.</summary>
    public IEnumerable<Batch> InOrder(Random random, AugmentationOptions augmentation) =>
        Batches([.. Enumerable.Range(0, Count)], BatchesInOrder, random, augmentation with { MixupAlpha = 0, CutmixAlpha = 0 });

    /// <inheritdoc/>
    public IEnumerable<Batch> Epoch(Random random) => Epoch(random, Augmentation);

    /// <summary>One epoch of training: shuffled, augmented, and mixed if that is on.</summary>
    /// <remarks>
    /// A last batch with only one image is left out, because batch norm cannot train on it; another epoch's order may include that image.
    /// Everything random is drawn in the images' order before several threads fill them: the result depends only on the generator's state.
    /// </remarks>
    public IEnumerable<Batch> Epoch(Random random, AugmentationOptions augmentation) =>
        Batches(EpochOrder.Draw(Labels, Balance, random), Steps, random, augmentation);

    private IEnumerable<Batch> Batches(int[] order, int count, Random random, AugmentationOptions augmentation) =>
        Prefetch.OneAhead(Enumerable.Range(0, count).Select(batch =>
            Fill(order.AsSpan(batch * _batchSize, Math.Min(_batchSize, Count - (batch * _batchSize))).ToArray(), random, augmentation)));

    private Batch Fill(int[] indices, Random random, AugmentationOptions augmentation)
    {
        var draw = new VariationDraw(augmentation, _pixels.ImageSize, ImageSize);
        var mix = BatchMix.Draw(random, augmentation, ImageSize);
        var variations = Array.ConvertAll(indices, _ => draw.Next(random));
        var images = _images.Make(indices, variations, mix, Threads);
        return Label(images, Array.ConvertAll(indices, i => (long)_pixels.Labels[i]), mix);
    }

    private Batch Label(Tensor images, long[] labels, BatchMix? mix)
    {
        if (mix is null)
        {
            return new Batch(images, ToDevice(labels));
        }

        var (heavier, lighter) = (labels, (long[])[labels[^1], .. labels[..^1]]);
        if (mix.OwnShare < 0.5)
        {
            (heavier, lighter) = (lighter, heavier);
        }

        return new Batch(images, ToDevice(heavier))
        {
            OtherLabels = ToDevice(lighter),
            OtherShare = Math.Min(mix.OwnShare, 1 - mix.OwnShare),
        };
    }

    private Tensor ToDevice(long[] labels)
    {
        using var onCpu = tensor(labels);
        return DeviceCopy.Of(onCpu, _device).DetachFromDisposeScope();
    }
}
