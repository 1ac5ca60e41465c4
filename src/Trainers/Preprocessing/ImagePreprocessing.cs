using MLVision.MLNetExtensions.Model;

namespace MLVision.Trainers.Preprocessing;

/// <summary>How an image is prepared for the network: resized, cropped to its centre, normalised.</summary>
/// <param name="ResizeSize">Pixels that the shorter side is resized to; the image is cropped to a square of this size.</param>
/// <param name="ImageSize">Width and height in pixels of the centre that the network gets; at most <paramref name="ResizeSize"/>.</param>
/// <param name="Normalization">How each colour channel is shifted and scaled.</param>
internal sealed record ImagePreprocessing(int ResizeSize, int ImageSize, Normalization Normalization)
{
    /// <summary>Pixels from the left and upper edge to the centre crop.</summary>
    /// <remarks>Half a pixel is rounded to the even number, as torchvision's centre crop does.</remarks>
    public int Margin => MarginOf(ResizeSize, ImageSize);

    /// <summary>The metadata in the ONNX file of a network with this preprocessing.</summary>
    /// <param name="architecture">Name of the architecture.</param>
    /// <param name="labels">Names of the classes, in the order of the scores.</param>
    public ClassifierMetadata Describe(string architecture, IReadOnlyList<string> labels) => new()
    {
        Architecture = architecture,
        Labels = labels,
        ImageSize = ResizeSize,
        CropSize = ImageSize,
        Mean = Normalization.Mean,
        StandardDeviation = Normalization.StandardDeviation,
    };

    /// <inheritdoc cref="Margin"/>
    public static int MarginOf(int resizeSize, int imageSize) => (int)Math.Round((resizeSize - imageSize) / 2.0, MidpointRounding.ToEven);
}
