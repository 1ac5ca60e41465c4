using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Training.Augmentation;

namespace Trainers.Tests.Training.Augmentation;

public sealed class VariedImagesTests
{
    /// <summary>(x − 0) / (1 / 255) on the scale 0..1 leaves the bytes as they are.</summary>
    private static readonly Normalization Bytes = new([0, 0, 0], [1 / 255f, 1 / 255f, 1 / 255f]);

    private const float Tolerance = 1e-4f;    // single precision around 255: 2⁻¹⁶ per rounding, two roundings

    /// <summary>Rows 1 2 3 / 4 5 6 / 7 8 9, moved and turned by hand; 0 is what comes in from outside.</summary>
    [Theory]
    [InlineData(0, 0, false, false, new float[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 })]
    [InlineData(0, 0, true, false, new float[] { 3, 2, 1, 6, 5, 4, 9, 8, 7 })]
    [InlineData(0, 0, false, true, new float[] { 7, 8, 9, 4, 5, 6, 1, 2, 3 })]
    [InlineData(0, 0, true, true, new float[] { 9, 8, 7, 6, 5, 4, 3, 2, 1 })]
    [InlineData(1, 0, false, false, new float[] { 0, 1, 2, 0, 4, 5, 0, 7, 8 })]
    [InlineData(-1, 0, false, false, new float[] { 2, 3, 0, 5, 6, 0, 8, 9, 0 })]
    [InlineData(0, 1, false, false, new float[] { 0, 0, 0, 1, 2, 3, 4, 5, 6 })]
    [InlineData(0, -2, false, false, new float[] { 7, 8, 9, 0, 0, 0, 0, 0, 0 })]
    [InlineData(1, -1, true, false, new float[] { 5, 4, 0, 8, 7, 0, 0, 0, 0 })]
    public void Fill_ShiftAndFlips_MovesAndTurnsPixels(int shiftX, int shiftY, bool mirrored, bool upsideDown, float[] expected)
    {
        var variation = new ImageVariation { ShiftX = shiftX, ShiftY = shiftY, IsMirrored = mirrored, IsUpsideDown = upsideDown };

        var reds = Reds(Fill(Red(1, 2, 3, 4, 5, 6, 7, 8, 9), storedSize: 3, imageSize: 3, variation));

        AssertNear(expected, reds);
    }

    /// <summary>Of rows 1 2 3 4 / 5 6 7 8 / 9 10 11 12 / 13 14 15 16 the central 2 × 2: the margin is seen, not black.</summary>
    [Theory]
    [InlineData(0, 0, false, new float[] { 6, 7, 10, 11 })]
    [InlineData(0, 0, true, new float[] { 7, 6, 11, 10 })]
    [InlineData(1, 0, false, new float[] { 5, 6, 9, 10 })]
    [InlineData(0, -1, false, new float[] { 10, 11, 14, 15 })]
    [InlineData(-2, 0, false, new float[] { 8, 0, 12, 0 })]
    public void Fill_StoredLargerThanSeen_SeesTheCentre(int shiftX, int shiftY, bool mirrored, float[] expected)
    {
        var variation = new ImageVariation { ShiftX = shiftX, ShiftY = shiftY, IsMirrored = mirrored };

        var reds = Reds(Fill(Numbers(16), storedSize: 4, imageSize: 2, variation));

        AssertNear(expected, reds);
    }

    /// <summary>
    /// The crop is taken from the whole stored image, and its 2 × 2 pixels are seen as they are; then it is moved and mirrored.
    /// </summary>
    [Theory]
    [InlineData(0, false, new float[] { 12, 0, 16, 0 }, true)]
    [InlineData(0, false, new float[] { 11, 12, 15, 16 }, false)]
    [InlineData(1, false, new float[] { 0, 11, 0, 15 }, false)]
    [InlineData(1, true, new float[] { 11, 0, 15, 0 }, false)]
    public void Fill_Crop_IsMovedAndMirroredAfterwards(int shiftX, bool mirrored, float[] expected, bool movedLeft)
    {
        var variation = new ImageVariation { Crop = new PixelWindow(2, 2, 2, 2), ShiftX = movedLeft ? -1 : shiftX, IsMirrored = mirrored };

        var reds = Reds(Fill(Numbers(16), storedSize: 4, imageSize: 2, variation));

        AssertNear(expected, reds);
    }

    [Fact]
    public void Fill_Changes_WorkOnWhatIsSeen()
    {
        var variation = new ImageVariation { ShiftX = 1, Changes = [new PixelChange(PixelOperation.Solarize, 0)] };

        var reds = Reds(Fill(Red(1, 2, 3, 4), storedSize: 2, imageSize: 2, variation));

        AssertNear([255, 254, 255, 252], reds);    // 255 − 0, 255 − 1, 255 − 0, 255 − 3
    }

    [Fact]
    public void Fill_Erased_BecomesTheMeanColour()
    {
        var normalization = new Normalization([0.2f, 0.4f, 0.6f], [0.1f, 0.2f, 0.5f]);
        var target = new float[4 * 4 * 3];

        new VariedImages(4, new ImagePreprocessing(4, 4, normalization)).Fill(
            new byte[4 * 4 * 3], new ImageVariation { Erased = new PixelWindow(1, 2, 3, 1) }, target);

        float[] black = [-2, -2, -1.2f];    // (0 − 0.2) / 0.1, (0 − 0.4) / 0.2, (0 − 0.6) / 0.5
        IEnumerable<float> expected = Enumerable.Range(0, 16).SelectMany(i => i is >= 9 and <= 11 ? [0, 0, 0] : black);
        Assert.Equal(expected, target, (a, b) => Math.Abs(a - b) < Tolerance);
    }

    [Fact]
    public void Fill_FromOutside_IsBlack()
    {
        var target = new float[3];

        new VariedImages(1, new ImagePreprocessing(1, 1, new Normalization([0.5f, 0.5f, 0.5f], [0.25f, 0.25f, 0.25f]))).Fill(
            [255, 255, 255], new ImageVariation { ShiftX = 1 }, target);

        Assert.Equal([-2, -2, -2], target, (a, b) => Math.Abs(a - b) < Tolerance);    // (0 − 0.5) / 0.25
    }

    private static float[] Fill(byte[] stored, int storedSize, int imageSize, ImageVariation variation)
    {
        var target = new float[imageSize * imageSize * 3];
        new VariedImages(storedSize, new ImagePreprocessing(storedSize, imageSize, Bytes)).Fill(stored, variation, target);
        return target;
    }

    private static byte[] Numbers(int count) => Red([.. Enumerable.Range(1, count).Select(i => (byte)i)]);

    private static byte[] Red(params byte[] values) => [.. values.SelectMany(value => new byte[] { value, 0, 0 })];

    private static float[] Reds(float[] image) => [.. image.Where((_, i) => i % 3 == 0)];

    private static void AssertNear(float[] expected, float[] actual) =>
        Assert.Equal(expected, actual, (a, b) => Math.Abs(a - b) < Tolerance);
}
