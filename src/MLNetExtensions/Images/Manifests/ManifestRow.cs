namespace MLVision.MLNetExtensions.Images.Manifests;

/// <summary>A row of a manifest, as it is written there.</summary>
/// <param name="Line">The line it begins on; the first of the file is 1.</param>
/// <param name="Image">The image as the manifest names it.</param>
/// <param name="ImagePath">Full path of the image, which need not exist.</param>
/// <param name="Label">Its class; null where the manifest has no labels, empty where this row has none.</param>
/// <param name="Split">Its part of the data; null where the manifest is not split, empty where this row says nothing.</param>
/// <param name="Others">Its values of <see cref="ImageManifest.Others"/>, in the order of those.</param>
public sealed record ManifestRow(
    int Line, string Image, string ImagePath, string? Label, string? Split, IReadOnlyList<string> Others);
