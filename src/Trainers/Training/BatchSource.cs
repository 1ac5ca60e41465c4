using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Trainers.Training;

/// <summary>Makes batches of a set of pixels: in order for validation, shuffled and augmented for training.</summary>
internal sealed class BatchSource
{
    private const int Channels = 3;
    private const int ByteValues = 256;

    private readonly PixelSet _pixels;
    private readonly int _batchSize;
    private readonly Preprocessing _preprocessing;
    private readonly Device _device;
    private readonly float[] _normalized = new float[Channels * ByteValues];

    /// <summary>Prepares the table that maps each channel's 256 values to normalised ones.</summary>
    public BatchSource(PixelSet pixels, int batchSize, Preprocessing preprocessing, Device device)
    {
        (_pixels, _batchSize, _preprocessing, _device) = (pixels, batchSize, preprocessing, device);
        var normalization = preprocessing.Normalization;
        for (var i = 0; i < _normalized.Length; i++)
        {
            var (channel, value) = (i / ByteValues, i % ByteValues);
            _normalized[i] = (value - (normalization.Mean[channel] * 255f)) * (1f / (normalization.StandardDeviation[channel] * 255f));
        }
    }

    /// <summary>How often an epoch of training shows each class.</summary>
    public ClassBalance Balance { get; init; }

    /// <summary>Where batches are put.</summary>
    public Device Device => _device;

    /// <summary>Class of each image.</summary>
    public IReadOnlyList<int> Labels => _pixels.Labels;

    /// <summary>Number of images.</summary>
    public int Count => _pixels.Count;

    /// <summary>Width and height in pixels of what the network sees.</summary>
    public int ImageSize => _preprocessing.ImageSize;

    /// <summary>Steps of an epoch of training.</summary>
    public int Steps => _pixels.Count < 2 ? 0 : (_pixels.Count / _batchSize) + (_pixels.Count % _batchSize > 1 ? 1 : 0);

    /// <summary>Batches of <see cref="InOrder()"/>.</summary>
    public int BatchesInOrder => (Count + _batchSize - 1) / _batchSize;

    /// <summary>How images are varied, as the recipe says, at this size.</summary>
    public Func<Random, Augmentation> Augmentations(TrainingRecipe recipe)
    {
        var varied = recipe.Augmentation;
        return random => Augmentation.Draw(random, (int)Math.Round(varied.Shift * ImageSize), varied.HorizontalFlip > 0);
    }

    /// <summary>Every image once, as it is, in order.</summary>
    public IEnumerable<Batch> InOrder() => InOrder(Random.Shared, _ => Augmentation.None);

    /// <summary>Every image once, varied by the given draw, in order.</summary>
    public IEnumerable<Batch> InOrder(Random random, Func<Random, Augmentation> augment)
    {
        for (var start = 0; start < Count; start += _batchSize)
        {
            yield return Fill([.. Enumerable.Range(start, Math.Min(_batchSize, Count - start))], _ => augment(random));
        }
    }

    /// <summary>One epoch of training: shuffled, each image varied by the given draw.</summary>
    /// <remarks>A last batch of one image is left out, since batch norm cannot train on it; the next epoch's order gives it a chance.</remarks>
    public IEnumerable<Batch> Epoch(Random random, Func<Random, Augmentation> augment)
    {
        var order = EpochOrder.Draw(Labels, Balance, random);
        for (var step = 0; step < Steps; step++)
        {
            var indices = order.AsSpan(step * _batchSize, Math.Min(_batchSize, Count - (step * _batchSize))).ToArray();
            yield return Fill(indices, _ => augment(random));
        }
    }

    private Batch Fill(int[] indices, Func<int, Augmentation> augment)
    {
        var size = ImageSize;
        var imageLength = size * size * Channels;
        using var pixels = _pixels.Read();
        using var rows = empty([indices.Length, size, size, Channels], ScalarType.Float32);
        var memory = MemoryMarshal.Cast<byte, float>(rows.bytes);
        for (var i = 0; i < indices.Length; i++)
        {
            CopyImage(pixels[indices[i]], memory.Slice(i * imageLength, imageLength), augment(i));
        }

        using var labels = tensor(Array.ConvertAll(indices, i => (long)_pixels.Labels[i]));
        using var images = rows.permute(0, 3, 1, 2);    // [N, 3, H, W], channels last in memory
        return new Batch(images.to(_device, copy: true), labels.to(_device, copy: true));
    }

    /// <summary>Copies the centre of an image, shifted and flipped; what lies outside the image is black.</summary>
    private void CopyImage(ReadOnlySpan<byte> source, Span<float> target, Augmentation augmentation)
    {
        var (sourceSize, size) = (_pixels.ImageSize, ImageSize);
        var (left, top) = (_preprocessing.Margin - augmentation.ShiftX, _preprocessing.Margin - augmentation.ShiftY);
        for (var y = 0; y < size; y++)
        {
            var sourceY = y + top;
            for (var x = 0; x < size; x++)
            {
                var sourceX = (augmentation.Flip ? size - 1 - x : x) + left;
                var inside = (uint)sourceX < (uint)sourceSize && (uint)sourceY < (uint)sourceSize;
                var from = ((sourceY * sourceSize) + sourceX) * Channels;
                var to = ((y * size) + x) * Channels;
                for (var channel = 0; channel < Channels; channel++)
                {
                    target[to + channel] = _normalized[(channel * ByteValues) + (inside ? source[from + channel] : 0)];
                }
            }
        }
    }
}
