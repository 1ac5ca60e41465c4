using System.Collections.Concurrent;

namespace MLNetExtensions.Quantization;

/// <summary>A labelled folder's images as a model's pixels, which several models are to score.</summary>
/// <remarks>
/// Pixels are read when first asked for and kept while they fit a budget of memory; the rest is read again each time. Thread-safe.
/// </remarks>
internal sealed class LabeledPixels
{
    private readonly IReadOnlyList<LabeledImage> _images;
    private readonly ImageReader _reader;
    private readonly byte[]?[] _kept;
    private readonly ConcurrentDictionary<int, string> _unreadable = [];
    private readonly int _maxSkipped;
    private long _budget;

    /// <summary>Names the images; none is opened.</summary>
    /// <param name="images">Images whose labels the model knows.</param>
    /// <param name="model">What the model says of itself.</param>
    /// <param name="maxSkipped">Unreadable images that are borne.</param>
    /// <param name="budgetBytes">Memory for pixels.</param>
    /// <param name="ignoreOrientation">Whether pictures stay as they are stored.</param>
    /// <exception cref="ImageDataException">There are no images, or the model does not know the labels of some.</exception>
    public LabeledPixels(
        IReadOnlyList<LabeledImage> images, ClassifierMetadata model, int maxSkipped, long budgetBytes = 1L << 30, bool ignoreOrientation = false)
    {
        if (images.Count == 0)
        {
            throw new ImageDataException("There are no images to measure accuracy on; give a folder with one sub-folder of images per class.");
        }

        var indices = model.Labels.Index().ToDictionary(label => label.Item, label => label.Index, StringComparer.Ordinal);
        var strangers = images.Select(image => image.Label).Distinct()
            .Where(label => !indices.ContainsKey(label))
            .Order(StringComparer.Ordinal)
            .ToList();
        if (strangers.Count > 0)
        {
            throw new ImageDataException(
                $"The model does not know the class{(strangers.Count > 1 ? "es" : "")} {Quote(strangers)}; it knows {Quote(model.Labels)}.");
        }

        _images = images;
        _maxSkipped = maxSkipped;
        _budget = budgetBytes;
        _reader = new ImageReader(model.ImageSize, PixelMode.Exact, ignoreOrientation: ignoreOrientation);
        _kept = new byte[images.Count][];
        Labels = [.. images.Select(image => indices[image.Label])];
    }

    /// <summary>Number of images.</summary>
    public int Count => _images.Count;

    /// <summary>The images' true classes, as indices of scores.</summary>
    public IReadOnlyList<int> Labels { get; }

    /// <summary>Bytes of one image: [size, size, 3].</summary>
    public int PixelBytes => _reader.PixelBytes;

    /// <summary>The images found unreadable so far.</summary>
    public IReadOnlyList<SkippedImage> Skipped =>
        [.. _unreadable.OrderBy(pair => pair.Key).Select(pair => new SkippedImage(_images[pair.Key].ImagePath, pair.Value))];

    /// <summary>Copies an image's pixels; false where it cannot be read.</summary>
    /// <exception cref="ImageDataException">That is one image too many.</exception>
    public bool TryRead(int image, Span<byte> pixels)
    {
        if (_kept[image] is { } kept)
        {
            kept.CopyTo(pixels);
            return true;
        }

        if (_unreadable.ContainsKey(image))
        {
            return false;
        }

        if (!_reader.TryRead(_images[image].ImagePath, pixels, out var reason))
        {
            Skip(image, reason);
            return false;
        }

        if (Interlocked.Add(ref _budget, -PixelBytes) >= 0)
        {
            _kept[image] = pixels.ToArray();
        }

        return true;
    }

    /// <summary>Some of the images, taken from the classes in turn and evenly from each, always the same; in order.</summary>
    /// <param name="count">How many at most.</param>
    public IReadOnlyList<int> Sample(int count)
    {
        var classes = Labels.Index().GroupBy(label => label.Item, label => label.Index)
            .OrderBy(group => group.Key)
            .Select(group => group.ToArray())
            .ToList();
        var shares = new int[classes.Count];
        for (int left = Math.Min(count, Count), c = 0; left > 0; c = (c + 1) % classes.Count)
        {
            if (shares[c] < classes[c].Length)
            {
                shares[c]++;
                left--;
            }
        }

        return
        [
            .. classes.Zip(shares)
                .SelectMany(c => Enumerable.Range(0, c.Second).Select(i => c.First[(int)((long)i * c.First.Length / c.Second)]))
                .Order(),
        ];
    }

    private static string Quote(IEnumerable<string> labels)
    {
        const int Most = 20;
        var names = labels.Select(label => $"'{label}'").ToList();
        return string.Join(", ", names.Take(Most)) + (names.Count > Most ? $" and {names.Count - Most} more" : "");
    }

    private void Skip(int image, string reason)
    {
        _unreadable[image] = reason;
        if (_unreadable.Count > _maxSkipped || _unreadable.Count == Count)
        {
            throw new ImageDataException($"{_unreadable.Count} of {Count} images cannot be read: {_images[image].ImagePath}, {reason}");
        }
    }
}
