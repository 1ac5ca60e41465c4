using System.Globalization;
using SkiaSharp;

namespace MLVision.MLNetExtensions.Scoring.Explanations;

/// <summary>
/// Words in a picture, in a font of the system's, or in <see cref="PixelLetters"/> where it has none, as in a small container.
/// </summary>
internal static class LegendText
{
    private const string Gap = "…";

    private static readonly Lazy<SKTypeface[]> Typefaces = new(() =>
        [.. SKFontManager.Default.FontFamilies.Select(SKTypeface.FromFamilyName).Where(typeface => typeface is { GlyphCount: > 0 })]);

    /// <summary>Width of a text in pixels.</summary>
    public static float Width(string text, float size)
    {
        if (TypefaceFor(text) is not { } typeface)
        {
            return PixelLetters.Width(text, size);
        }

        using var paint = Paint(typeface, size, SKColors.Black);
        return paint.MeasureText(text);
    }

    /// <summary>Draws a text, without its end where it is wider than the room for it.</summary>
    /// <param name="canvas">Where it is drawn.</param>
    /// <param name="text">The text.</param>
    /// <param name="x">Where it begins.</param>
    /// <param name="y">Where its letters stand.</param>
    /// <param name="size">Height of a line in pixels.</param>
    /// <param name="colour">Its colour.</param>
    /// <param name="room">The largest width in pixels.</param>
    public static void Draw(SKCanvas canvas, string text, float x, float y, float size, SKColor colour, float room)
    {
        var fitting = Fit(string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)), size, room);
        if (TypefaceFor(fitting) is { } typeface)
        {
            using var paint = Paint(typeface, size, colour);
            canvas.DrawText(fitting, x, y, paint);
        }
        else
        {
            PixelLetters.Draw(canvas, fitting, x, y, size, colour);
        }
    }

    private static string Fit(string text, float size, float room)
    {
        if (Width(text, size) <= room)
        {
            return text;
        }

        var length = StringInfo.ParseCombiningCharacters(text);
        return length.Reverse().Select(end => text[..end].TrimEnd() + Gap).FirstOrDefault(cut => Width(cut, size) <= room, Gap);
    }

    /// <summary>The first font that has every letter, or else the first; null where there is none at all.</summary>
    private static SKTypeface? TypefaceFor(string text) =>
        Typefaces.Value.FirstOrDefault(typeface => typeface.ContainsGlyphs(text)) ?? Typefaces.Value.FirstOrDefault();

    private static SKPaint Paint(SKTypeface typeface, float size, SKColor colour) =>
        new() { Typeface = typeface, TextSize = size, Color = colour, IsAntialias = true };
}
