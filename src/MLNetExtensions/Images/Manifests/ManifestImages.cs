namespace MLVision.MLNetExtensions.Images.Manifests;

/// <summary>The labelled images of a manifest by their part; where it is not split, all are to learn from.</summary>
/// <param name="IsSplit">Whether the manifest has a column <c>split</c>.</param>
/// <param name="Train">Images to learn from.</param>
/// <param name="Validation">Images to watch a training by.</param>
/// <param name="Test">Images to measure the finished model with.</param>
public sealed record ManifestImages(
    bool IsSplit, IReadOnlyList<LabeledImage> Train, IReadOnlyList<LabeledImage> Validation, IReadOnlyList<LabeledImage> Test)
{
    /// <summary>The images of a part.</summary>
    public IReadOnlyList<LabeledImage> Of(ManifestPart part) => part switch
    {
        ManifestPart.Validation => Validation,
        ManifestPart.Test => Test,
        _ => Train,
    };

    /// <summary>Refuses parts that share an image by its content: what is measured on such an image would be memory.</summary>
    /// <remarks>Looks at the size of every file, and reads those that have the same size as one of another part.</remarks>
    /// <param name="cancellationToken">Stops before the next file.</param>
    /// <exception cref="ImageDataException">An image is in two parts; the message names both.</exception>
    public void ThrowIfPartsShareImages(CancellationToken cancellationToken = default) => SharedImages.ThrowIfAny(this, cancellationToken);
}
