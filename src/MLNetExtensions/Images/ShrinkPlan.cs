using SkiaSharp;

namespace MLNetExtensions;

/// <summary>How an image shrinks so that its centre fills a square.</summary>
/// <param name="Place">Where the image comes to lie, in pixels of the square.</param>
/// <param name="ScaleX">Source pixels a target pixel across; at least 1.</param>
/// <param name="ScaleY">Source pixels a target pixel down; at least 1.</param>
internal readonly record struct ShrinkPlan(SquarePlacement Place, double ScaleX, double ScaleY)
{
    /// <summary>Plans.</summary>
    /// <param name="source">Width and height of the image in pixels, both larger than the square's.</param>
    /// <param name="filled">The share of them that the image fills, 1 but for rounding.</param>
    /// <param name="size">Width and height of the square.</param>
    public static ShrinkPlan Of(SKSizeI source, (double X, double Y) filled, int size)
    {
        var place = SquarePlacement.Of(source.Width, source.Height, size);
        // The side that fits exactly may be a pixel short by rounding.
        place = place with { Width = Math.Max(place.Width, size), Height = Math.Max(place.Height, size) };
        return new ShrinkPlan(place, source.Width * filled.X / place.Width, source.Height * filled.Y / place.Height);
    }

    /// <summary>The part of the image that the square shows, with all that is averaged into its edges.</summary>
    public SKRectI PartLookedAt(SKSizeI source, int size)
    {
        var (left, right) = FilterAxis.Range(size, Place.Left, ScaleX, source.Width);
        var (top, bottom) = FilterAxis.Range(size, Place.Top, ScaleY, source.Height);
        return new SKRectI(left, top, right, bottom);
    }
}
