using MLVision.MLNetExtensions.Images.Resizing;

namespace MLNetExtensions.Tests.Images.Resizing;

public sealed class ResizeKernelTests
{
    /// <summary>
    /// Mitchell and Netravali 1988, equation 8, B = C = 1/3: (21x³ - 36x² + 16)/18 below 1, (-7x³ + 36x² - 60x + 32)/18 below 2.
    /// </summary>
    [Theory]
    [InlineData(0, 16.0 / 18)]
    [InlineData(0.5, 77.0 / 144)]
    [InlineData(1, 1.0 / 18)]
    [InlineData(1.5, -5.0 / 144)]
    [InlineData(2, 0)]
    [InlineData(2.5, 0)]
    public void Weight_Mitchell_EqualsThePaper(double distance, double expected)
    {
        Assert.Equal(expected, ResizeKernel.Mitchell.Weight(distance, scale: 0.5), 1e-12);
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(0.25, 1, 0.75)]
    [InlineData(0.25, 0.5, 0.75)]    // enlarging does not narrow it
    [InlineData(1, 4, 0.75)]         // shrinking widens it
    [InlineData(5, 4, 0)]
    public void Weight_Triangle_IsAsWideAsTwoTargetPixels(double distance, double scale, double expected)
    {
        Assert.Equal(expected, ResizeKernel.Triangle.Weight(distance, scale));
    }
}
