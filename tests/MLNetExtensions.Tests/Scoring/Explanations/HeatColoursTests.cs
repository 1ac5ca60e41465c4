using MLVision.MLNetExtensions.Scoring.Explanations;

namespace MLNetExtensions.Tests.Scoring.Explanations;

public sealed class HeatColoursTests
{
    /// <summary>The ends and the middle of matplotlib's magma: #000004, #B73779, #FCFDBF.</summary>
    [Theory]
    [InlineData(0, 0x00, 0x00, 0x04)]
    [InlineData(0.5, 0xB7, 0x37, 0x79)]
    [InlineData(1, 0xFC, 0xFD, 0xBF)]
    [InlineData(7, 0xFC, 0xFD, 0xBF)]
    [InlineData(-1, 0x00, 0x00, 0x04)]
    public void Of_Value_IsMagmas(double value, byte red, byte green, byte blue) =>
        Assert.Equal(new(red, green, blue), HeatColours.Of(value));

    /// <summary>Who sees no colours sees more light where there is more.</summary>
    [Fact]
    public void Of_RisingValues_GetLighter()
    {
        var light = Enumerable.Range(0, 101).Select(step => HeatColours.Of(step / 100.0))
            .Select(colour => (0.2126 * colour.Red) + (0.7152 * colour.Green) + (0.0722 * colour.Blue)).ToList();

        Assert.All(light.Zip(light.Skip(1)), pair => Assert.True(pair.Second > pair.First));
    }
}
