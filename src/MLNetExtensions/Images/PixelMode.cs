namespace MLNetExtensions;

/// <summary>How an encoded image becomes the pixels that a model sees.</summary>
public enum PixelMode
{
    /// <summary>
    /// The pixels of ML.NET's own chain <c>LoadImages → ResizeImages(IsoCrop) → ExtractPixels</c>, bit for bit. As there, what EXIF
    /// says of the image's orientation is ignored, and of a file that is cut off, what is missing is black.
    /// </summary>
    Exact,

    /// <summary>
    /// Faster, the more the larger the photograph: a JPEG is decoded at a fraction of its size, and shrinking averages (an
    /// antialiased bilinear filter, as published weights were trained with) where the exact chain skips pixels; enlarging is the exact
    /// chain's cubic. Turned as EXIF says; a file that is cut off is refused. Pixels differ slightly from the exact ones.
    /// </summary>
    Fast,
}
