namespace MLVision.Trainers.Training.Augmentation;

/// <summary>Operations on the pixels of an image; each one's text says what its strength means.</summary>
internal enum PixelOperation
{
    /// <summary>Rows move sideways in proportion to their distance from the upper edge; pixels per pixel.</summary>
    ShearX,

    /// <summary>Columns move up in proportion to their distance from the left edge; pixels per pixel.</summary>
    ShearY,

    /// <summary>The image moves to the right; whole pixels.</summary>
    TranslateX,

    /// <summary>The image moves down; whole pixels.</summary>
    TranslateY,

    /// <summary>The image turns around its centre, counter-clockwise; degrees.</summary>
    Rotate,

    /// <summary>Blended with black; 1 leaves the image as it is, 0 is black.</summary>
    Brightness,

    /// <summary>Blended with the mean grey; 1 leaves the image as it is, 0 is grey.</summary>
    Contrast,

    /// <summary>Blended with its grey version; 1 leaves the image as it is, 0 has no colour.</summary>
    Saturation,

    /// <summary>Hues turn; strength is the share of the whole circle.</summary>
    Hue,

    /// <summary>Blended with a smoothed version; 1 leaves the image as it is, 0 is smooth.</summary>
    Sharpness,

    /// <summary>Only the highest bits of every value are kept; strength is their number.</summary>
    Posterize,

    /// <summary>Values from the strength upwards are inverted.</summary>
    Solarize,

    /// <summary>The values of each channel are stretched to the full range; no strength.</summary>
    AutoContrast,

    /// <summary>The values of each channel are spread evenly; no strength.</summary>
    Equalize,
}
