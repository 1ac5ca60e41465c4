namespace MLVision.MLNetExtensions.Images;

/// <summary>How an encoded image becomes the pixels that a model sees.</summary>
public enum PixelMode
{
    /// <summary>
    /// The pixels of ML.NET's own chain <c>LoadImages → ResizeImages(IsoCrop) → ExtractPixels</c>, bit for bit, of pictures that are stored
    /// upright; others are turned then, as EXIF says.
    /// </summary>
    Exact,

    /// <summary>
    /// Faster, the more the larger the photograph: a JPEG is decoded at a fraction of its size, and shrinking averages (an
    /// antialiased bilinear filter, as published weights were trained with) where the exact chain skips pixels; enlarging is the exact
    /// chain's cubic. Turned as EXIF says. Pixels differ slightly from the exact ones.
    /// </summary>
    Fast,
}
