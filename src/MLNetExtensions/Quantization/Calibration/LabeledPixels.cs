using System.Collections.Concurrent;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Words;

namespace MLVision.MLNetExtensions.Quantization.Calibration;

/// <summary>The pixels of images that several models will score, with their classes if the model knows them.</summary>
/// <remarks>
/// Pixels are read at first use and kept while they fit a memory budget; the rest is read again each time. Thread-safe.
/// </remarks>
internal sealed class LabeledPixels
{
    /// <summary>The label of an image whose class is missing or not known to the model.</summary>
    public const int Unknown = -1;

    private readonly IReadOnlyList<LabeledImage> _images;
    private readonly ImageReader _reader;
    private readonly byte[]?[] _kept;
    private readonly ConcurrentDictionary<int, string> _unreadable = [];
    private readonly int _maxSkipped;
    private readonly bool _takesUnknownClasses;
    private long _budget;

    /// <summary>Lists the images; none is opened.</summary>
    /// <param name="images">The images.</param>
    /// <param name="model">The model's metadata.</param>
    /// <param name="maxSkipped">Number of unreadable images that are allowed.</param>
    /// <param name="budgetBytes">Memory for pixels.</param>
    /// <param name="takesUnknownClasses">Whether images may have labels that the model does not know.</param>
    /// <param name="ignoreOrientation">Whether pictures are left as they are stored.</param>
    /// <exception cref="ImageDataException">There are no images, or the model must know all labels and does not.</exception>
    public LabeledPixels(
        IReadOnlyList<LabeledImage> images, ClassifierMetadata model, int maxSkipped, long budgetBytes = 1L << 30,
        bool takesUnknownClasses = false,
        bool ignoreOrientation = false)
    {
        if (images.Count == 0)
        {
            throw new ImageDataException(
                "There are no images to find ranges or to measure accuracy on; give images like those that the model will score.");
        }

        var indices = new LabelIndex(model.Labels);
        var unknownClasses = images.Select(image => image.Label).Distinct()
            .Where(label => indices.Find(label) is null)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (unknownClasses.Count > 0 && !takesUnknownClasses)
        {
            throw new ImageDataException(
                $"The model does not know the class{(unknownClasses.Count > 1 ? "es" : "")} {Quote(unknownClasses)}; it knows " +
                $"{Quote(model.Labels)}. " +
                "Without the accuracy gate (--no-gate, or Gate = false) images of any class will do.");
        }

        _images = images;
        _maxSkipped = maxSkipped;
        _takesUnknownClasses = takesUnknownClasses;
        _budget = budgetBytes;
        _reader = new ImageReader(model.ImageSize, PixelMode.Exact, ignoreOrientation: ignoreOrientation);
        _kept = new byte[images.Count][];
        Labels = [.. images.Select(image => indices.Find(image.Label) ?? Unknown)];
        Labelled = [.. Enumerable.Range(0, images.Count).Where(image => Labels[image] != Unknown)];
    }

    /// <summary>Number of images.</summary>
    public int Count => _images.Count;

    /// <summary>The images' true classes, as indices of scores, or <see cref="Unknown"/>.</summary>
    public IReadOnlyList<int> Labels { get; }

    /// <summary>The images whose true classes the model knows; accuracy is measured on them.</summary>
    public IReadOnlyList<int> Labelled { get; }

    /// <summary>Bytes of one image: [size, size, 3].</summary>
    public int PixelBytes => _reader.PixelBytes;

    /// <summary>The unreadable images found so far.</summary>
    public IReadOnlyList<SkippedImage> Skipped =>
        [.. _unreadable.OrderBy(pair => pair.Key).Select(pair => new SkippedImage(_images[pair.Key].ImagePath, pair.Value))];

    /// <summary>Copies an image's pixels; false if it cannot be read.</summary>
    /// <exception cref="ImageDataException">Too many images are unreadable.</exception>
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

    /// <summary>
    /// A sample of the images, in order: the same number from each class as far as possible, evenly spaced, and always the same.
    /// </summary>
    /// <param name="count">Largest number of images.</param>
    public IReadOnlyList<int> Sample(int count)
    {
        var classes = _images.Index().GroupBy(image => (Class: Labels[image.Index], image.Item.Label), image => image.Index)
            .OrderBy(group => group.Key.Class)
            .ThenBy(group => group.Key.Label, StringComparer.Ordinal)
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
            throw new ImageDataException(
                $"{_unreadable.Count} of {Counted.Of(Count, "image")} cannot be read: {_images[image].ImagePath}, {reason}");
        }

        if (_takesUnknownClasses)
        {
            return;
        }

        var ofClass = Labels.Index().Where(label => label.Item == Labels[image]).Select(label => label.Index).ToList();
        if (ofClass.TrueForAll(_unreadable.ContainsKey))
        {
            throw LostClass.Of(_images[image].Label, ofClass.Count, new SkippedImage(_images[image].ImagePath, reason));
        }
    }
}
