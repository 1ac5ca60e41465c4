using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Training.Augmentation;

namespace Trainers.Tests.Training.Augmentation;

public sealed class PixelNormalizerTests
{
    /// <summary>Lengths below, at and above what vectors take at a time on any processor: 48, 96 or 192 bytes.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(97)]
    public void Normalize_AnyNumberOfPixels_IsTheFormulaToTheBit(int pixels)
    {
        byte[] bytes = [.. Enumerable.Range(0, pixels * 3).Select(i => (byte)((i * 37) % 256))];
        var (mean, deviation) = (Normalization.ImageNet.Mean, Normalization.ImageNet.StandardDeviation);
        var actual = new float[bytes.Length];

        new PixelNormalizer(Normalization.ImageNet).Normalize(bytes, actual);

        var expected = bytes.Select((value, i) => (value - (mean[i % 3] * 255f)) * (1f / (deviation[i % 3] * 255f)));
        Assert.Equal(expected, actual);
    }
}
