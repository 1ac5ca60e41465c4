using System.Buffers;
using MLVision.Trainers.Preprocessing;

namespace MLVision.Trainers.Training.Augmentation;

/// <summary>Makes the network's input from stored images, each with its random changes.</summary>
/// <param name="storedSize">Width and height of the stored images in pixels.</param>
/// <param name="preprocessing">Which centre of them is used, and how it is normalised.</param>
internal sealed class VariedImages(int storedSize, ImagePreprocessing preprocessing)
{
    private const int Channels = 3;

    private readonly PixelNormalizer _normalizer = new(preprocessing.Normalization);
    private readonly int _size = preprocessing.ImageSize;

    /// <summary>Fills the target; thread-safe.</summary>
    /// <param name="stored">Bytes [storedSize, storedSize, 3].</param>
    /// <param name="variation">The changes.</param>
    /// <param name="target">Floats [size, size, 3].</param>
    public void Fill(ReadOnlySpan<byte> stored, ImageVariation variation, Span<float> target)
    {
        if (variation.Crop is null && variation.Changes.Count == 0)
        {
            Normalize(new PlacedRows(stored, storedSize, preprocessing.Margin, _size, variation), target);
        }
        else
        {
            FillInSteps(stored, variation, target);
        }

        if (variation.Erased is { } window)
        {
            Erase(window, target);
        }
    }

    private void FillInSteps(ReadOnlySpan<byte> stored, ImageVariation variation, Span<float> target)
    {
        var length = (_size * _size * Channels) + Math.Max(BilinearResize.Padding, PixelChanges.Padding);
        var (first, second) = (ArrayPool<byte>.Shared.Rent(length), ArrayPool<byte>.Shared.Rent(length));
        Span<byte> image = first.AsSpan(0, length), spare = second.AsSpan(0, length);
        if (variation.Crop is { } window)
        {
            BilinearResize.Resize(stored, storedSize, window, spare, _size);
            new PlacedRows(spare, _size, margin: 0, _size, variation).CopyTo(image);
        }
        else
        {
            new PlacedRows(stored, storedSize, preprocessing.Margin, _size, variation).CopyTo(image);
        }

        PixelChanges.Apply(variation.Changes, ref image, ref spare, _size);
        _normalizer.Normalize(image[..target.Length], target);
        ArrayPool<byte>.Shared.Return(first);
        ArrayPool<byte>.Shared.Return(second);
    }

    private void Normalize(PlacedRows rows, Span<float> target)
    {
        var length = _size * Channels;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        for (var y = 0; y < _size; y++)
        {
            _normalizer.Normalize(rows.Row(y, buffer.AsSpan(0, length)), target.Slice(y * length, length));
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>In normalised images 0 is the mean colour.</summary>
    private void Erase(PixelWindow window, Span<float> target)
    {
        for (var y = window.Top; y < window.Top + window.Height; y++)
        {
            target.Slice(((y * _size) + window.Left) * Channels, window.Width * Channels).Clear();
        }
    }
}
