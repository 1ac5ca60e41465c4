using MLVision.MLNetExtensions.Doctor.Pictures;

namespace MLNetExtensions.Tests.Doctor.Pictures;

public sealed class PictureFactsTests
{
    /// <summary>By hand: −4, four times 1 and four times 0, all times 255; their mean is 0, their variance 20 / 9 · 255².</summary>
    [Fact]
    public void Of_OneWhitePixel_HasTheSharpnessByHand()
    {
        var pixels = new byte[5 * 5 * 3];
        pixels.AsSpan(12 * 3, 3).Fill(255);

        var facts = PictureFacts.Of(pixels, 5);

        Assert.Equal(20 / 9.0 * 255 * 255, facts.Sharpness, tolerance: 1);    // grey values are singles
        Assert.Equal(1 / 25.0, facts.Brightness, precision: 4);
        Assert.Equal(0, facts.Darkest);
        Assert.Equal(Math.Sqrt(0.04 - (0.04 * 0.04)), facts.Contrast, precision: 4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(77)]
    public void Of_FlatPicture_HasOneLevel(byte level)
    {
        var facts = PictureFacts.Of(Enumerable.Repeat(level, 8 * 8 * 3).ToArray(), 8);

        Assert.Equal(level / 255.0, facts.Brightness, precision: 3);
        Assert.Equal(level / 255.0, facts.Brightest, tolerance: 1.01 / 255);    // the sum of three weights may lie just below
        Assert.Equal(level / 255.0, facts.Darkest, tolerance: 1.01 / 255);
        Assert.Equal(0, facts.Sharpness, precision: 3);
        Assert.Equal(0, facts.Contrast, precision: 3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Of_TwoPixels_HasNoEdgesButIsNoError(int size) =>
        Assert.Equal(0, PictureFacts.Of(new byte[size * size * 3], size).Sharpness);

    [Fact]
    public void Of_OtherPixels_HasAnotherDigest()
    {
        var pixels = new byte[8 * 8 * 3];
        var before = PictureFacts.Of(pixels, 8).PixelDigest;
        pixels[7] = 1;

        Assert.NotEqual(before, PictureFacts.Of(pixels, 8).PixelDigest);
    }
}
