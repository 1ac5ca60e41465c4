using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization.Calibration;
using TestImages;

namespace MLNetExtensions.Tests.Quantization.Calibration;

public sealed class ActivationSessionTests
{
    private const int Size = 8;
    private static readonly string[] Tensors = [ConvolutionClassifier.Hidden, "means", ClassifierModel.Score];

    [Theory]
    [InlineData(1 << 20, 1)]
    [InlineData(1, 3)]          // not even one tensor fits: each is fetched on its own
    public void Show_AnyBudget_ShowsEveryTensorOnce(long budgetBytes, int runs)
    {
        var pixels = ImageFiles.Pixels(seed: 1);
        using var session = new ActivationSession(ConvolutionClassifier.Model(), Size, Tensors, budgetBytes);
        var shown = new Dictionary<int, float[]>();

        session.Show(pixels, (tensor, values) => shown.Add(tensor, values.ToArray()));

        Assert.Equal(runs, session.RunsPerImage);
        Assert.Equal([4 * Size * Size, 3, 3], shown.OrderBy(pair => pair.Key).Select(pair => pair.Value.Length));
        Assert.Equal(
            pixels[1] / 255f, shown[0][Size * Size], precision: 6);        // the second channel's first value is the first pixel's green
        Assert.Equal(1, shown[2].Sum(), precision: 5);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData((256 + 3 + 3) * sizeof(float) * 5, 5)]
    public void ConcurrentImages_Budget_IsDividedByWhatAnImageTakes(long budgetBytes, int expected)
    {
        using var session = new ActivationSession(ConvolutionClassifier.Model(), Size, Tensors, budgetBytes);

        Assert.Equal(expected, session.ConcurrentImages);
    }

    [Fact]
    public void Constructor_Model_IsLeftAsItWas()
    {
        var model = ConvolutionClassifier.Model();

        using var session = new ActivationSession(model, Size, Tensors);

        Assert.Equal(ConvolutionClassifier.Model(), model);
    }
}
