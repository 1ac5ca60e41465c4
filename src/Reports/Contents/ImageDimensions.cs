namespace MLVision.Reports.Contents;

/// <summary>The size of an image in pixels, as its file says.</summary>
/// <param name="Width">Width, before the picture is turned as EXIF says.</param>
/// <param name="Height">Height, before the picture is turned as EXIF says.</param>
public readonly record struct ImageDimensions(int Width, int Height);
