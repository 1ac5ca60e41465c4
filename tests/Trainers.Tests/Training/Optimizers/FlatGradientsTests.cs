using MLVision.Trainers.Training.Optimizers;
using static TorchSharp.torch;

namespace Trainers.Tests.Training.Optimizers;

public class FlatGradientsTests
{
    [Theory]
    [InlineData(0, 1)]     // any norm
    [InlineData(5, 1)]     // 3, 4 have norm 5
    [InlineData(2.5, 0.5)]
    public void Clip_ThreeAndFour_ScalesBothByOneFactor(double maxNorm, float factor)
    {
        using var scope = NewDisposeScope();
        var gradients = new FlatGradients([tensor(new[] { 3f, 0 }), tensor(new[] { 0, 4f, 0 })]);

        gradients.Clip(maxNorm);

        float[] expected = [3 * factor, 0, 0, 4 * factor, 0];
        var actual = gradients.Ranges.SelectMany(range => range.data<float>());
        Assert.Equal(expected, actual, (a, b) => Math.Abs(a - b) < 1e-4f);      // PyTorch adds 1e-6 to the norm
    }
}
