using MLVision.MLNetExtensions.Images;

namespace MLVision.MLNetExtensions.Model;

/// <summary>
/// Refuses data in which all images of a class are unreadable, because the results would be about other classes than requested.
/// </summary>
internal static class LostClass
{
    /// <summary>Checks images by class, each with the reason why it cannot be read, or null.</summary>
    /// <exception cref="ImageDataException">All images of a class are unreadable; it names the class, their number and the
    /// first.</exception>
    public static void ThrowIfAny(IEnumerable<(string Label, string Image, string? Reason)> images)
    {
        var classes = images.GroupBy(image => image.Label, StringComparer.Ordinal);
        if (classes.FirstOrDefault(group => group.All(image => image.Reason is not null)) is { } lost)
        {
            throw Of(lost.Key, lost.Count(), new SkippedImage(lost.First().Image, lost.First().Reason!));
        }
    }

    /// <summary>The error about a class.</summary>
    public static ImageDataException Of(string label, int images, SkippedImage first) => new(
        $"The class '{label}' has lost {(images == 1 ? "its only image" : $"all of its {images} images")}, which cannot be read: "
        + $"{first.Image}, {first.Reason} Repair {(images == 1 ? "it" : "them")}, or leave the class out.");
}
