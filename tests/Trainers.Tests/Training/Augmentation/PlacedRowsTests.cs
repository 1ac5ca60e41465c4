using MLVision.Trainers.Training.Augmentation;

namespace Trainers.Tests.Training.Augmentation;

public sealed class PlacedRowsTests
{
    /// <summary>Sizes below and above what is reversed at a time: five pixels, in sixteen bytes.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(16)]
    [InlineData(23)]
    public void CopyTo_AnyShiftAndFlip_TakesThePixelThatBelongsThere(int size)
    {
        const int Margin = 1;
        var stored = size + 3;
        byte[] image = [.. Enumerable.Range(1, stored * stored * 3).Select(i => (byte)(1 + (i % 255)))];
        var shifts = new[] { 0, 1, -1, size - 1, -(size - 1), size + 3 };
        var variations = from x in shifts
                         from y in shifts
                         from mirrored in Bools
                         from upsideDown in Bools
                         select new ImageVariation { ShiftX = x, ShiftY = y, IsMirrored = mirrored, IsUpsideDown = upsideDown };

        foreach (var variation in variations)
        {
            var target = new byte[size * size * 3];

            new PlacedRows(image, stored, Margin, size, variation).CopyTo(target);

            Assert.Equal(Expected(image, stored, Margin, size, variation), target);
        }
    }

    private static bool[] Bools => [false, true];

    /// <summary>The definition: where the pixel stood before it was turned, mirrored and moved; black outside the stored image.</summary>
    private static byte[] Expected(byte[] image, int stored, int margin, int size, ImageVariation variation) =>
    [
        .. from y in Enumerable.Range(0, size)
           from x in Enumerable.Range(0, size)
           let fromX = (variation.IsMirrored ? size - 1 - x : x) - variation.ShiftX + margin
           let fromY = (variation.IsUpsideDown ? size - 1 - y : y) - variation.ShiftY + margin
           from channel in Enumerable.Range(0, 3)
           select fromX >= 0 && fromX < stored && fromY >= 0 && fromY < stored
               ? image[(((fromY * stored) + fromX) * 3) + channel] : (byte)0,
    ];
}
