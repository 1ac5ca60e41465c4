using SkiaSharp;

namespace MLVision.MLNetExtensions.Scoring.Explanations;

/// <summary>
/// The colours of heat maps: equal steps look equally large, and each is lighter than the last, also to the colour-blind.
/// </summary>
/// <remarks>
/// Source: van der Walt and Smith 2015, "magma" of matplotlib (CC0); between its nine anchors here, colours are mixed evenly.
/// </remarks>
internal static class HeatColours
{
    private const int Steps = 256;
    private const float LeastOpaque = 0.3f;
    private const float MostOpaque = 0.75f;

    private static readonly SKColor[] Anchors =
    [
        new(0x00, 0x00, 0x04), new(0x1D, 0x11, 0x47), new(0x51, 0x12, 0x7C), new(0x83, 0x26, 0x81), new(0xB7, 0x37, 0x79),
        new(0xE7, 0x52, 0x63), new(0xFC, 0x89, 0x61), new(0xFE, 0xC4, 0x88), new(0xFC, 0xFD, 0xBF),
    ];

    /// <summary>The colour of a value, 0..1.</summary>
    public static SKColor Of(double value)
    {
        var place = Math.Clamp(value, 0, 1) * (Anchors.Length - 1);
        var below = Math.Min((int)place, Anchors.Length - 2);
        var (a, b, part) = (Anchors[below], Anchors[below + 1], place - below);
        byte Mix(byte from, byte to) => (byte)Math.Round(from + ((to - from) * part));
        return new SKColor(Mix(a.Red, b.Red), Mix(a.Green, b.Green), Mix(a.Blue, b.Blue));
    }

    /// <summary>
    /// Turns grey from black to white into the colours of 0 to 1, the more transparent the darker they are, so that the photograph below
    /// is seen where there is little.
    /// </summary>
    public static SKColorFilter Filter()
    {
        using var thinned = SKColorFilter.CreateColorMatrix(
        [
            1, 0, 0, 0, 0,
            0, 1, 0, 0, 0,
            0, 0, 1, 0, 0,
            MostOpaque - LeastOpaque, 0, 0, 0, LeastOpaque,
        ]);
        var colours = Enumerable.Range(0, Steps).Select(step => Of(step / (Steps - 1.0))).ToList();
        using var coloured = SKColorFilter.CreateTable(
            null, [.. colours.Select(colour => colour.Red)], [.. colours.Select(colour => colour.Green)],
            [.. colours.Select(colour => colour.Blue)]);
        return SKColorFilter.CreateCompose(coloured, thinned);
    }
}
