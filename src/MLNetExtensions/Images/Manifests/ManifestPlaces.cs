using MLVision.MLNetExtensions.Files;

namespace MLVision.MLNetExtensions.Images.Manifests;

/// <summary>Makes full paths of what a manifest names, and knows which lie outside its folder.</summary>
/// <param name="folder">Full path of the manifest's folder.</param>
internal sealed class ManifestPlaces(string folder)
{
    private readonly string _beginning = Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar;

    /// <summary>The full path of an image.</summary>
    /// <param name="image">The image as the manifest names it; not empty.</param>
    /// <param name="isOutside">Whether it lies outside the manifest's folder.</param>
    public string PathOf(string image, out bool isOutside)
    {
        // Most names are plain, and a path need not be taken apart for them.
        if (!Path.IsPathRooted(image) && !image.StartsWith('.') && !image.Contains("/.", StringComparison.Ordinal)
            && !image.Contains("//", StringComparison.Ordinal) && !image.Contains('\\', StringComparison.Ordinal))
        {
            isOutside = false;
            return _beginning + image;
        }

        var path = Path.GetFullPath(image, folder);
        isOutside = !RealPath.IsAtOrBelow(path, folder);
        return path;
    }
}
