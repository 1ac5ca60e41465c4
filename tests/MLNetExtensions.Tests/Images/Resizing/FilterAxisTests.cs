using MLVision.MLNetExtensions.Images.Resizing;

namespace MLNetExtensions.Tests.Images.Resizing;

public sealed class FilterAxisTests
{
    /// <summary>Five pixels become fifteen; every third stands on a pixel's centre, with weights 1/18, 16/18, 1/18, 0.</summary>
    [Theory]
    [InlineData(1, 0, new[] { 17.0, 1, 0, 0 })]     // the pixel before the first is the first again
    [InlineData(4, 0, new[] { 1.0, 16, 1, 0 })]
    [InlineData(7, 1, new[] { 1.0, 16, 1, 0 })]
    [InlineData(13, 1, new[] { 0.0, 0, 1, 17 })]
    public void Create_Mitchell_RepeatsTheOutermostPixel(int target, int first, double[] eighteenths)
    {
        var memory = new byte[FilterAxis.BytesNeeded(ResizeKernel.Mitchell, targets: 15, 1.0 / 3, sourcePixels: 5, copies: 1)];

        var axis = FilterAxis.Create(ResizeKernel.Mitchell, memory, targets: 15, offset: 0, 1.0 / 3, (0, 5), copies: 1);

        Assert.Equal(first, axis.First[target]);
        Assert.Equal(eighteenths, axis.Weights(target).ToArray().Select(weight => Math.Round(weight * 18, 4)));
    }

    /// <summary>Four source pixels a target pixel: at the edge the pixels there are share all the weight.</summary>
    [Fact]
    public void Create_Triangle_LeavesOutWhatIsMissing()
    {
        var memory = new byte[FilterAxis.BytesNeeded(ResizeKernel.Triangle, targets: 2, scale: 4, sourcePixels: 8, copies: 1)];

        var axis = FilterAxis.Create(ResizeKernel.Triangle, memory, targets: 2, offset: 0, scale: 4, (0, 8), copies: 1);

        // Distances from the centre 2: 1.5, 0.5, 0.5, 1.5, 2.5, 3.5; weights 5, 7, 7, 5, 3, 1 eighths, together 28.
        Assert.Equal([5.0, 7, 7, 5, 3, 1, 0, 0], axis.Weights(0).ToArray().Select(weight => Math.Round(weight * 28, 4)));
    }

    /// <summary>A single pixel is all there is, wherever a target pixel looks.</summary>
    [Fact]
    public void Create_OnePixel_TakesAllTheWeight()
    {
        var memory = new byte[FilterAxis.BytesNeeded(ResizeKernel.Mitchell, targets: 3, 1.0 / 3, sourcePixels: 1, copies: 2)];

        var axis = FilterAxis.Create(ResizeKernel.Mitchell, memory, targets: 3, offset: 0, 1.0 / 3, (0, 1), copies: 2);

        Assert.Equal([1f, 1, 1, 1, 1, 1], axis.AllWeights.ToArray());
    }
}
