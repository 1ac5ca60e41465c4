using MLVision.MLNetExtensions.Doctor;

namespace MLNetExtensions.Tests.Doctor;

/// <summary>Features that tell colours apart: the means of red, green and blue in each quarter.</summary>
internal sealed class MeanColors : IImageFeatures
{
    private const int Quarters = 4;

    public int ImageSize => 64;

    public int Width => 3 * Quarters;

    public void Compute(ReadOnlySpan<byte> pixels, Span<float> features)
    {
        features.Clear();
        for (var y = 0; y < ImageSize; y++)
        {
            for (var x = 0; x < ImageSize; x++)
            {
                var quarter = (y * 2 / ImageSize * 2) + (x * 2 / ImageSize);
                for (var channel = 0; channel < 3; channel++)
                {
                    features[(quarter * 3) + channel] += pixels[(((y * ImageSize) + x) * 3) + channel];
                }
            }
        }
    }
}
