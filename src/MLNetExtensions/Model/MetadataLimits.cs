using System.Globalization;
using MLVision.MLNetExtensions.Images.Resizing;
using MLVision.MLNetExtensions.Unicode;

namespace MLVision.MLNetExtensions.Model;

/// <summary>What a classifier's metadata may say, whoever wrote them: labels that can be told apart, numbers that can be.</summary>
internal static class MetadataLimits
{
    /// <summary>Most characters of a class's name; names of folders have at most 255.</summary>
    public const int LongestLabel = 256;

    /// <summary>Largest width and height of the input in pixels: one image of these takes a gigabyte.</summary>
    public const int LargestImageSize = 8192;

    private const double BytesOfAValue = sizeof(byte) + sizeof(float);      // as it is read, and as the network computes with it

    /// <summary>Throws if a model can hardly be what it says of itself.</summary>
    /// <param name="metadata">What it says.</param>
    /// <param name="model">Its name in error messages.</param>
    /// <exception cref="ModelFileException">It cannot.</exception>
    public static void ThrowIfExceeded(ClassifierMetadata metadata, string model)
    {
        if (WhyExceeded(metadata) is { } fault)
        {
            throw new ModelFileException($"{model} {fault}.");
        }
    }

    /// <summary>Why a text is no name of a class, in words that follow "a label" or the like; null where it is one.</summary>
    public static string? WhyNoLabel(string label) =>
        label.Length == 0 ? "that is empty"
        : label.Length > LongestLabel ? string.Create(
            CultureInfo.InvariantCulture,
            $"of {label.Length:N0} characters, {ForeignText.Quote(label)}, and one has at most {LongestLabel}")
        : label.Any(char.IsControl) ? $"with control characters, {ForeignText.Quote(label)}"
        : null;

    /// <summary>Why metadata can hardly be true, as a predicate; null where they can.</summary>
    public static string? WhyExceeded(ClassifierMetadata metadata)
    {
        if (metadata.Labels.Count > ClassLabels.Most)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"has {metadata.Labels.Count:N0} classes, and a model of this product has at most {ClassLabels.Most:N0}");
        }

        if (metadata.ImageSize > LargestImageSize)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"has the image_size {metadata.ImageSize}, at which one image takes {Gigabytes(metadata.ImageSize):N1} GB of memory; the "
                + $"limit is {LargestImageSize} pixels, {Gigabytes(LargestImageSize):N1} GB");
        }

        return metadata.CropSize > metadata.ImageSize ? string.Create(
                CultureInfo.InvariantCulture,
                $"has the crop_size {metadata.CropSize}, which is larger than its image_size, {metadata.ImageSize}")
            : !metadata.Mean.All(float.IsFinite) ? "has a mean in its metadata that is not finite"
            : !metadata.StandardDeviation.All(value => value > 0 && float.IsFinite(value))
                ? "has an std in its metadata that is not above 0 and finite"
            : WhyNot(metadata.Labels);
    }

    private static string? WhyNot(IReadOnlyList<string> labels)
    {
        var seen = new HashSet<string>(labels.Count, StringComparer.Ordinal);
        foreach (var label in labels)
        {
            if (WhyNoLabel(label) is { } fault)
            {
                return $"has a label {fault}";
            }

            if (!seen.Add(NormalForm.Of(label)))
            {
                return $"has the label {ForeignText.Quote(label)} twice, so that nobody could tell the two classes apart";
            }
        }

        return null;
    }

    private static double Gigabytes(int imageSize) => BytesOfAValue * Rgb.Channels * imageSize * imageSize / 1e9;
}
