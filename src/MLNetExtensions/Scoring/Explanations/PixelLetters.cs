using SkiaSharp;

namespace MLVision.MLNetExtensions.Scoring.Explanations;

/// <summary>Letters of five by seven dots for systems without a font: those of ASCII.</summary>
/// <remarks>Shapes: those of common character displays.</remarks>
internal static class PixelLetters
{
    private const int Columns = 5;
    private const int Rows = 7;
    private const int Advance = Columns + 1;
    private const char First = ' ';

    /// <summary>From the space to the tilde, five columns each from left to right; the lowest bit of a column is its top.</summary>
    private static readonly byte[] Dots = Convert.FromHexString((
        "0000000000 00005F0000 0007000700 147F147F14 242A7F2A12 2313086462 3649562050 0008070300 " +    // !"#$%&'
        "001C224100 0041221C00 2A1C7F1C2A 08083E0808 0040300000 0808080808 0000606000 2010080402 " +    // ()*+,-./
        "3E5149453E 00427F4000 7249494946 2141494D33 1814127F10 2745454539 3C4A494931 4121110907 " +    // 01234567
        "3649494936 464949291E 0000140000 0040340000 0008142241 1414141414 0041221408 0201590906 " +    // 89:;<=>?
        "3E415D594E 7C1211127C 7F49494936 3E41414122 7F4141413E 7F49494941 7F09090901 3E41415173 " +    // @ABCDEFG
        "7F0808087F 00417F4100 2040413F01 7F08142241 7F40404040 7F021C027F 7F0408107F 3E4141413E " +    // HIJKLMNO
        "7F09090906 3E4151215E 7F09192946 2649494932 03017F0103 3F4040403F 1F2040201F 3F4038403F " +    // PQRSTUVW
        "6314081463 0304780403 6159494D43 007F414141 0204081020 004141417F 0402010204 4040404040 " +    // XYZ[\]^_
        "0003070800 2054547840 7F28444438 3844444428 384444287F 3854545418 00087E0902 0C5252523E " +    // `abcdefg
        "7F08040478 00447D4000 2040403D00 7F10284400 00417F4000 7C04780478 7C08040478 3844444438 " +    // hijklmno
        "7C14141408 081414187C 7C08040408 4854545424 04043F4424 3C4040207C 1C2040201C 3C4030403C " +    // pqrstuvw
        "4428102844 0C5050503C 4464544C44 0008364100 0000770000 0041360800 0201020402")    // xyz{|}~
        .Replace(" ", "", StringComparison.Ordinal));

    /// <summary>Width of a text in pixels.</summary>
    public static float Width(string text, float size) => text.Length * Advance * Dot(size);

    /// <summary>Draws a text; letters that are not there become question marks.</summary>
    public static void Draw(SKCanvas canvas, string text, float x, float y, float size, SKColor colour)
    {
        var dot = Dot(size);
        using var paint = new SKPaint { Color = colour };
        foreach (var (place, letter) in text.Index())
        {
            var glyph = letter - First is >= 0 and var index && (index + 1) * Columns <= Dots.Length ? index : '?' - First;
            for (var column = 0; column < Columns; column++)
            {
                for (var row = 0; row < Rows; row++)
                {
                    if ((Dots[(glyph * Columns) + column] >> row & 1) == 1)
                    {
                        canvas.DrawRect(x + (((place * Advance) + column) * dot), y + ((row - Rows) * dot), dot, dot, paint);
                    }
                }
            }
        }
    }

    private static int Dot(float size) => Math.Max(1, (int)(size / (Rows + 1)));
}
