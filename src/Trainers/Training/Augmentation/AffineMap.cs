using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MLVision.Trainers.Training.Augmentation;

/// <summary>Maps each target pixel to its source: (x, y) comes from (XX·x + XY·y + X, YX·x + YY·y + Y).</summary>
internal readonly record struct AffineMap(double XX, double XY, double X, double YX, double YY, double Y)
{
    /// <summary>Extra bytes that images need after their pixels, because four are read and written at a time.</summary>
    public const int Padding = 1;

    private const int Channels = 3;

    /// <summary>Rows move sideways in proportion to their distance from the upper edge.</summary>
    public static AffineMap ShearX(double strength) => new(1, strength, 0, 0, 1, 0);

    /// <summary>Columns move up in proportion to their distance from the left edge.</summary>
    public static AffineMap ShearY(double strength) => new(1, 0, 0, strength, 1, 0);

    /// <summary>The image turns counter-clockwise around its centre.</summary>
    public static AffineMap Rotate(double degrees, int size)
    {
        var (sine, cosine) = Math.SinCos(degrees * Math.PI / 180);
        var center = size / 2.0;
        return new(cosine, -sine, center * (1 - cosine + sine), sine, cosine, center * (1 - cosine - sine));
    }

    /// <summary>Fills the target bilinearly. Pixels from outside the image are black; at its edge the last pixels are repeated.</summary>
    /// <remarks>
    /// Like Pillow's transform, but rounded to the nearest byte. Pillow rounds down, which would darken the image by half a step.
    /// </remarks>
    /// <param name="image">Bytes [size, size, 3], and <see cref="Padding"/>.</param>
    /// <param name="target">The same.</param>
    /// <param name="size">Width and height in pixels.</param>
    public void Apply(ReadOnlySpan<byte> image, Span<byte> target, int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(image.Length, (size * size * Channels) + Padding);
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, (size * size * Channels) + Padding);
        ref var from = ref MemoryMarshal.GetReference(image);
        ref var to = ref MemoryMarshal.GetReference(target);
        var last = size - 1;
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                var (centerX, centerY) = (x + 0.5, y + 0.5);
                var imageX = (XX * centerX) + (XY * centerY) + X;
                var imageY = (YX * centerX) + (YY * centerY) + Y;
                var color = 0u;
                if (imageX >= 0 && imageX < size && imageY >= 0 && imageY < size)
                {
                    var (left, top) = ((int)(imageX + 0.5) - 1, (int)(imageY + 0.5) - 1);
                    var (shareRight, shareBelow) = ((float)(imageX - 0.5 - left), (float)(imageY - 0.5 - top));
                    var (x0, x1) = (Math.Max(left, 0) * Channels, Math.Min(left + 1, last) * Channels);
                    var (row0, row1) = (Math.Max(top, 0) * size * Channels, Math.Min(top + 1, last) * size * Channels);
                    var above = Blend(Lanes(ref from, row0 + x0), Lanes(ref from, row0 + x1), shareRight);
                    var below = Blend(Lanes(ref from, row1 + x0), Lanes(ref from, row1 + x1), shareRight);
                    color = ToBytes(Blend(above, below, shareBelow));
                }

                Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, ((y * size) + x) * Channels), color);    // the fourth byte is overwritten next
            }
        }
    }

    private static Vector128<float> Lanes(ref byte image, int offset) =>
        Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(
        Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref image, offset))).AsByte())).AsInt32());

    private static Vector128<float> Blend(Vector128<float> a, Vector128<float> b, float share) => a + ((b - a) * share);

    private static uint ToBytes(Vector128<float> color)
    {
        var whole = Vector128.ConvertToInt32(color + Vector128.Create(0.5f));
        return Vector128.Narrow(Vector128.Narrow(whole, Vector128<int>.Zero), Vector128<short>.Zero).AsUInt32().ToScalar();
    }
}
