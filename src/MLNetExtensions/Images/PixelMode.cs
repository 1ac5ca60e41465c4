namespace MLVision.MLNetExtensions.Images;

/// <summary>How an encoded image becomes the pixels that a model takes.</summary>
public enum PixelMode
{
    /// <summary>
    /// The pixels of ML.NET's own chain <c>LoadImages → ResizeImages(IsoCrop) → ExtractPixels</c>, bit for bit, for pictures that are
    /// stored upright; others are then turned as EXIF says.
    /// </summary>
    Exact,

    /// <summary>
    /// Faster, above all for large photographs: a JPEG is decoded at a fraction of its size. Shrinking averages (an antialiased bilinear
    /// filter, as used to train published weights) where the exact chain skips pixels; enlarging uses the exact chain's cubic. Pictures are
    /// turned as EXIF says. Pixels differ slightly from the exact ones.
    /// </summary>
    Fast,
}
