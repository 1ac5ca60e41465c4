using SkiaSharp;

namespace MLVision.MLNetExtensions.Images.Resizing;

/// <summary>How an image is resized so that its centre fills a square.</summary>
/// <param name="Place">Where the whole image is placed, in pixels of the square.</param>
/// <param name="ScaleX">Source pixels per target pixel, horizontally.</param>
/// <param name="ScaleY">Source pixels per target pixel, vertically.</param>
/// <param name="Kernel">How source pixels make a target pixel.</param>
internal readonly record struct ResizePlan(SquarePlacement Place, double ScaleX, double ScaleY, ResizeKernel Kernel)
{
    /// <summary>Makes the plan for an image.</summary>
    /// <param name="source">Width and height of the image in pixels.</param>
    /// <param name="filled">The share of the placed image that is drawn; 1 except for rounding.</param>
    /// <param name="size">Width and height of the square.</param>
    public static ResizePlan Of(SKSizeI source, (double X, double Y) filled, int size)
    {
        var place = SquarePlacement.Of(source.Width, source.Height, size);
        // Because of rounding, the side that should fit exactly may be one pixel short.
        place = place with { Width = Math.Max(place.Width, size), Height = Math.Max(place.Height, size) };
        // Without resizing, the triangle copies every pixel; the cubic would blur.
        var kernel = Math.Min(source.Width, source.Height) < size ? ResizeKernel.Mitchell : ResizeKernel.Triangle;
        return new ResizePlan(place, source.Width * filled.X / place.Width, source.Height * filled.Y / place.Height, kernel);
    }

    /// <summary>The part of the image that the square shows, plus the pixels that its edges need.</summary>
    public SKRectI NeededPart(SKSizeI source, int size)
    {
        var (left, right) = FilterAxis.Range(Kernel, size, Place.Left, ScaleX, source.Width);
        var (top, bottom) = FilterAxis.Range(Kernel, size, Place.Top, ScaleY, source.Height);
        return new SKRectI(left, top, right, bottom);
    }
}
