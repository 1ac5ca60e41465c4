using MLVision.MLNetExtensions.Model;
using SkiaSharp;

namespace MLVision.MLNetExtensions.Scoring.Explanations;

/// <summary>The part of a photograph that a model sees: a square around its middle.</summary>
/// <param name="ImageSize">Width and height in pixels to which the photograph's centre square is resized.</param>
/// <param name="Margin">Pixels that the model then cuts off on each side.</param>
/// <param name="CropSize">Pixels that are left of each row and column.</param>
/// <param name="IgnoresOrientation">Whether the photograph stays as it is stored, whatever EXIF says.</param>
internal readonly record struct SeenSquare(int ImageSize, int Margin, int CropSize, bool IgnoresOrientation)
{
    /// <summary>Of a model.</summary>
    public static SeenSquare Of(ClassifierMetadata metadata, bool ignoresOrientation) => new(
        metadata.ImageSize,
        (int)Math.Round((metadata.ImageSize - metadata.CropSize) / 2.0, MidpointRounding.ToEven),    // as torchvision's CenterCrop
        metadata.CropSize, ignoresOrientation);

    /// <summary>Where it lies in a photograph of a size.</summary>
    public SKRect In(int width, int height)
    {
        var side = (float)Math.Min(width, height);
        var (left, top) = ((width - side) / 2, (height - side) / 2);
        var (scale, from) = (side / ImageSize, (float)Margin);
        return SKRect.Create(left + (from * scale), top + (from * scale), CropSize * scale, CropSize * scale);
    }
}
