using MLVision.MLNetExtensions.Model;

namespace MLVision.Trainers.Preprocessing;

/// <summary>How an image becomes what the network sees: resized, its centre cut out, normalised.</summary>
/// <param name="ResizeSize">Pixels that the shorter side is resized to; the image is cut to a square of it.</param>
/// <param name="ImageSize">Width and height in pixels of the centre that the network sees; at most <paramref name="ResizeSize"/>.</param>
/// <param name="Normalization">What each colour channel is shifted and scaled by.</param>
internal sealed record ImagePreprocessing(int ResizeSize, int ImageSize, Normalization Normalization)
{
    /// <summary>Pixels from the left and upper edge to the centre that is cut out.</summary>
    /// <remarks>Half a pixel is rounded to the even number, as torchvision's centre crop does.</remarks>
    public int Margin => MarginOf(ResizeSize, ImageSize);

    /// <summary>What the ONNX file says of a network that sees images so.</summary>
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
