using MLVision.MLNetExtensions.Images;

namespace MLVision.MLNetExtensions.Doctor;

/// <summary>Turns the pixels of an image into a row of numbers that are alike for images that look alike.</summary>
/// <remarks>The doctor asks for nothing else of a network, so that any one serves. It calls from several threads at once.</remarks>
public interface IImageFeatures
{
    /// <summary>Width and height in pixels of the squares that it takes, as <see cref="ImageReader"/> reads them.</summary>
    int ImageSize { get; }

    /// <summary>Numbers for an image.</summary>
    int Width { get; }

    /// <summary>Computes the features of one image.</summary>
    /// <param name="pixels">Bytes [ImageSize, ImageSize, 3], RGB.</param>
    /// <param name="features">Receives <see cref="Width"/> numbers.</param>
    void Compute(ReadOnlySpan<byte> pixels, Span<float> features);
}
