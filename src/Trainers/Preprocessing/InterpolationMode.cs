namespace MLVision.Trainers.Preprocessing;

/// <summary>How pixels are weighted when an image is resized.</summary>
public enum InterpolationMode
{
    /// <summary>Linearly, from the nearest 2×2 pixels.</summary>
    Bilinear,

    /// <summary>By cubic polynomials, from the nearest 4×4 pixels.</summary>
    Bicubic,
}
