using System.Security.Cryptography;
using MLVision.MLNetExtensions.Images.Resizing;

namespace MLVision.MLNetExtensions.Doctor.Pictures;

/// <summary>What one look at a picture's square of pixels tells.</summary>
/// <param name="PixelDigest">SHA-256 of the pixels.</param>
/// <param name="Hash">The perceptual hash.</param>
/// <param name="Brightness">Mean luminance, 0..1.</param>
/// <param name="Brightest">
/// What the strongest of red, green and blue reaches in a hundredth of the pixels, 0..1: small in a picture that is too dark. The luminance
/// of a red rose in full light is small, too.
/// </param>
/// <param name="Darkest">The luminance that a twentieth of the pixels does not exceed, 0..1: large in one that is too bright.</param>
/// <param name="Contrast">Standard deviation of the luminance, 0..1.</param>
/// <param name="Sharpness">Variance of the Laplacian of the luminance, which is counted 0..255 here, as in the field.</param>
internal sealed record PictureFacts(
    string PixelDigest, ulong Hash, double Brightness, double Brightest, double Darkest, double Contrast, double Sharpness)
{
    private const int Levels = 256;
    private const double BrightShare = 0.99;
    private const double DarkShare = 0.05;

    /// <summary>Looks at the pixels of a picture: bytes [size, size, 3], RGB.</summary>
    public static PictureFacts Of(ReadOnlySpan<byte> pixels, int size)
    {
        var grey = new float[size * size];
        var (luminances, strongest) = (new int[Levels], new int[Levels]);
        double sum = 0, squares = 0;
        for (var i = 0; i < grey.Length; i++)
        {
            var rgb = pixels.Slice(i * Rgb.Channels, Rgb.Channels);
            var value = (0.299f * rgb[0]) + (0.587f * rgb[1]) + (0.114f * rgb[2]);    // ITU-R BT.601
            grey[i] = value;
            luminances[(int)value]++;
            strongest[Math.Max(rgb[0], Math.Max(rgb[1], rgb[2]))]++;
            sum += value;
            squares += value * value;
        }

        var mean = sum / grey.Length;
        const double White = Levels - 1;
        return new PictureFacts(
            Convert.ToHexStringLower(SHA256.HashData(pixels)), PerceptualHash.Of(grey, size), mean / White,
            Quantile(strongest, grey.Length, BrightShare) / White, Quantile(luminances, grey.Length, DarkShare) / White,
            Math.Sqrt(Math.Max(0, (squares / grey.Length) - (mean * mean))) / White, LaplacianVariance(grey, size));
    }

    private static double Quantile(int[] histogram, int count, double share)
    {
        var (level, below) = (0, histogram[0]);
        while (below < share * count)
        {
            below += histogram[++level];
        }

        return level;
    }

    /// <summary>With the Laplacian of four neighbours.</summary>
    /// <remarks>Source: Pech-Pacheco et al. 2000, "Diatom autofocusing in brightfield microscopy: a comparative study".</remarks>
    private static double LaplacianVariance(float[] grey, int size)
    {
        double sum = 0, squares = 0;
        for (var y = 1; y < size - 1; y++)
        {
            for (var x = 1; x < size - 1; x++)
            {
                var at = (y * size) + x;
                var value = grey[at - 1] + grey[at + 1] + grey[at - size] + grey[at + size] - (4 * grey[at]);
                sum += value;
                squares += value * value;
            }
        }

        var count = Math.Max(1.0, (size - 2.0) * (size - 2.0));
        return Math.Max(0, (squares / count) - (sum / count * (sum / count)));
    }
}
