namespace MLVision.MLNetExtensions.Images.Resizing;

/// <summary>
/// Where the whole image is placed so that its centre fills a square, in pixels of the square. The image may reach beyond the square on two
/// sides.
/// </summary>
/// <remarks>Source: ML.NET 5.0.1's <c>ResizeImages(IsoCrop)</c>, with its single precision and its truncation.</remarks>
internal readonly record struct SquarePlacement(int Left, int Top, int Width, int Height)
{
    /// <summary>Places an image of the given size in pixels.</summary>
    public static SquarePlacement Of(int width, int height, int size)
    {
        var (scaleX, scaleY) = ((float)size / width, (float)size / height);
        var scale = Math.Max(scaleX, scaleY);
        var left = scaleY < scaleX ? 0 : (int)((size - (width * scale)) / 2);
        var top = scaleY < scaleX ? (int)((size - (height * scale)) / 2) : 0;
        return new SquarePlacement(left, top, (int)(width * scale), (int)(height * scale));
    }
}
