using System.Globalization;
using System.Text.RegularExpressions;
using MLVision.Reports.Pages;

namespace Reports.Tests.Pages;

public sealed partial class StylesheetTests
{
    private const double ForText = 4.5;
    private const double ForGraphics = 3;

    /// <summary>WCAG 2.2, 1.4.3 and 1.4.11 (AA): 4.5 to 1 for text, 3 to 1 for graphics.</summary>
    [Theory]
    [InlineData("ink", "paper", ForText)]
    [InlineData("ink", "panel", ForText)]
    [InlineData("muted", "paper", ForText)]
    [InlineData("muted", "panel", ForText)]
    [InlineData("second", "paper", ForText)]
    [InlineData("wrong", "paper", ForText)]
    [InlineData("first", "paper", ForGraphics)]
    [InlineData("right", "paper", ForGraphics)]
    [InlineData("focus", "paper", ForGraphics)]
    public void Colours_OfBothSchemes_HaveContrast(string front, string back, double least)
    {
        var schemes = Block().Matches(Stylesheet.Text).Take(2).Select(block => Colour().Matches(block.Value).ToDictionary(
            colour => colour.Groups[1].Value, colour => Luminance(colour.Groups[2].Value))).ToList();

        Assert.Equal(2, schemes.Count);
        Assert.All(schemes, scheme => Assert.InRange(Contrast(scheme[front], scheme[back]), least, 21));
    }

    /// <summary>The deepest shade of a matrix's cell is 57 parts in a hundred of a colour on paper; the count stands on it.</summary>
    [Theory]
    [InlineData("right", 0.48)]
    [InlineData("wrong", 0.57)]
    public void Ink_OnTheDeepestCell_HasContrast(string shade, double part)
    {
        var schemes = Block().Matches(Stylesheet.Text).Take(2).Select(block => Colour().Matches(block.Value).ToDictionary(
            colour => colour.Groups[1].Value, colour => colour.Groups[2].Value)).ToList();

        Assert.All(schemes, scheme => Assert.InRange(
            Contrast(Luminance(scheme["ink"]), Luminance(Channels(scheme[shade]).Zip(
                Channels(scheme["paper"]), (a, b) => (a * part) + (b * (1 - part))))),
            ForText, 21));
    }

    private static double Contrast(double a, double b) => (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);

    private static IEnumerable<double> Channels(string hex) => hex.Chunk(2)
        .Select(channel => int.Parse(channel, NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0);

    private static double Luminance(string hex) => Luminance(Channels(hex));

    /// <summary>WCAG's relative luminance.</summary>
    private static double Luminance(IEnumerable<double> channels) => channels
        .Select(c => c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4))
        .Zip([0.2126, 0.7152, 0.0722], (c, weight) => c * weight).Sum();

    [GeneratedRegex(@":root \{[^}]*\}")]
    private static partial Regex Block();

    [GeneratedRegex("--([a-z]+): #([0-9a-f]{6});")]
    private static partial Regex Colour();
}
