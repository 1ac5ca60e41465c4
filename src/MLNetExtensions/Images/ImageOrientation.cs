using SkiaSharp;

namespace MLNetExtensions;

/// <summary>Turns a square image as the camera's EXIF data say.</summary>
/// <remarks>Source: Exif 2.32, §4.6.4, tag 274. A square's centre crop is the same before and after, so turning comes last.</remarks>
internal static class ImageOrientation
{
    /// <summary>Writes the upright image.</summary>
    /// <param name="stored">Pixels as stored: bytes [size, size, 3].</param>
    /// <param name="origin">Where the image's top left corner is stored.</param>
    /// <param name="size">Width and height in pixels.</param>
    /// <param name="upright">Bytes [size, size, 3].</param>
    public static void Turn(ReadOnlySpan<byte> stored, SKEncodedOrigin origin, int size, Span<byte> upright)
    {
        var last = size - 1;
        // Where the upright pixel (0, 0) is stored, and how far one step right and one step down take it.
        var (corner, right, down) = origin switch
        {
            SKEncodedOrigin.TopRight => (last, -1, size),
            SKEncodedOrigin.BottomRight => ((last * size) + last, -1, -size),
            SKEncodedOrigin.BottomLeft => (last * size, 1, -size),
            SKEncodedOrigin.LeftTop => (0, size, 1),
            SKEncodedOrigin.RightTop => (last * size, -size, 1),
            SKEncodedOrigin.RightBottom => ((last * size) + last, -size, -1),
            SKEncodedOrigin.LeftBottom => (last, size, -1),
            _ => (0, 1, size),
        };
        var target = 0;
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++, target += Rgb.Channels)
            {
                stored.Slice((corner + (x * right) + (y * down)) * Rgb.Channels, Rgb.Channels).CopyTo(upright[target..]);
            }
        }
    }
}
