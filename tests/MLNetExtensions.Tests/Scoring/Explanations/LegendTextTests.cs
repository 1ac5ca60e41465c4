using MLVision.MLNetExtensions.Scoring.Explanations;
using SkiaSharp;

namespace MLNetExtensions.Tests.Scoring.Explanations;

public sealed class LegendTextTests
{
    [Theory]
    [InlineData("rose")]
    [InlineData("a name that is much longer than the picture below which it is to stand, and then some")]
    [InlineData("玫瑰 \u0007 \U0001F339")]
    public void Draw_AnyText_StaysInItsRoom(string text)
    {
        using var bitmap = Blank();
        using var canvas = new SKCanvas(bitmap);

        LegendText.Draw(canvas, text, x: 10, y: 30, size: 20, SKColors.Black, room: 120);

        Assert.Contains(SKColors.Black, Region(bitmap, 10, 130));
        Assert.All(Region(bitmap, 135, 300), pixel => Assert.Equal(SKColors.White, pixel));
    }

    /// <summary>A capital L of dots: the first column from top to bottom, then its foot.</summary>
    [Fact]
    public void PixelLetters_OfAnL_AreItsDots()
    {
        using var bitmap = Blank();
        using var canvas = new SKCanvas(bitmap);

        PixelLetters.Draw(canvas, "L", x: 0, y: 7, size: 8, SKColors.Black);

        Assert.Equal(48, PixelLetters.Width("12345678", 8));
        for (var y = 0; y < 7; y++)
        {
            for (var x = 0; x < 6; x++)
            {
                Assert.Equal(x == 0 || (y == 6 && x < 5) ? SKColors.Black : SKColors.White, bitmap.GetPixel(x, y));
            }
        }
    }

    [Fact]
    public void PixelLetters_LetterThatIsMissing_IsAQuestionMark()
    {
        using var one = Blank();
        using var other = Blank();
        using var first = new SKCanvas(one);
        using var second = new SKCanvas(other);

        PixelLetters.Draw(first, "ä", 0, 20, 8, SKColors.Black);
        PixelLetters.Draw(second, "?", 0, 20, 8, SKColors.Black);

        Assert.Equal(other.Pixels, one.Pixels);
        Assert.Contains(SKColors.Black, one.Pixels);
    }

    private static SKBitmap Blank()
    {
        var bitmap = new SKBitmap(300, 40);
        bitmap.Erase(SKColors.White);
        return bitmap;
    }

    private static IEnumerable<SKColor> Region(SKBitmap bitmap, int left, int right) =>
        bitmap.Pixels.Index().Where(pixel => pixel.Index % bitmap.Width >= left && pixel.Index % bitmap.Width < right)
            .Select(pixel => pixel.Item);
}
