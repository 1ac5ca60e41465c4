namespace MLVision.Trainers.Training.Augmentation;

/// <summary>Operations that use the three values of a pixel together.</summary>
internal static class ColorChanges
{
    private const int Channels = 3;

    /// <summary>The mean of the image's grey version, rounded.</summary>
    public static int MeanGray(ReadOnlySpan<byte> pixels)
    {
        var sum = 0L;
        for (var i = 0; i + Channels <= pixels.Length; i += Channels)
        {
            sum += Gray(pixels[i], pixels[i + 1], pixels[i + 2]);
        }

        return (int)(((double)sum / (pixels.Length / Channels)) + 0.5);
    }

    /// <summary>Blends every pixel with its grey: 0 gives grey, 1 the pixel itself, more than 1 a more colourful pixel.</summary>
    public static void Saturate(Span<byte> pixels, float share)
    {
        for (var i = 0; i + Channels <= pixels.Length; i += Channels)
        {
            var gray = Gray(pixels[i], pixels[i + 1], pixels[i + 2]);
            pixels[i] = ToneTables.Blend(gray, pixels[i], share);
            pixels[i + 1] = ToneTables.Blend(gray, pixels[i + 1], share);
            pixels[i + 2] = ToneTables.Blend(gray, pixels[i + 2], share);
        }
    }

    /// <summary>Turns every hue by a share of the colour circle; lightness and saturation stay the same.</summary>
    /// <remarks>The hexagonal hue of HSV. A channel is the largest value minus the chroma times a trapezoid function of the hue.</remarks>
    public static void TurnHue(Span<byte> pixels, float share)
    {
        for (var i = 0; i + Channels <= pixels.Length; i += Channels)
        {
            var (red, green, blue) = (pixels[i], pixels[i + 1], pixels[i + 2]);
            var most = Math.Max(red, Math.Max(green, blue));
            var chroma = (float)(most - Math.Min(red, Math.Min(green, blue)));
            if (chroma == 0)
            {
                continue;
            }

            var sextant = most == red
                ? (green - blue) / chroma : most == green ? 2 + ((blue - red) / chroma) : 4 + ((red - green) / chroma);
            sextant += (6 * share) + 6;    // 2 to 14
            pixels[i] = Channel(sextant + 5);
            pixels[i + 1] = Channel(sextant + 3);
            pixels[i + 2] = Channel(sextant + 1);

            byte Channel(float position)
            {
                var around = position - (6 * (int)(position / 6));
                return (byte)(most - (chroma * Math.Clamp(Math.Min(around, 4 - around), 0, 1)) + 0.5f);
            }
        }
    }

    /// <summary>ITU-R BT.601 luma with sixteen binary digits, rounded: Pillow's grey.</summary>
    private static int Gray(int red, int green, int blue) => ((red * 19595) + (green * 38470) + (blue * 7471) + 0x8000) >> 16;
}
