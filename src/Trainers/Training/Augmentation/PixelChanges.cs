namespace MLVision.Trainers.Training.Augmentation;

/// <summary>Applies drawn operations to an image.</summary>
internal static class PixelChanges
{
    /// <summary>Extra bytes that images need after their pixels.</summary>
    public const int Padding = AffineMap.Padding;

    private const int Channels = 3;

    /// <summary>Applies one operation after the other.</summary>
    /// <param name="changes">The operations.</param>
    /// <param name="image">Bytes [size, size, 3], and <see cref="Padding"/>; holds the result, but may have been swapped with the
    /// other memory.</param>
    /// <param name="spare">Memory of the same length.</param>
    /// <param name="size">Width and height in pixels.</param>
    public static void Apply(IReadOnlyList<PixelChange> changes, ref Span<byte> image, ref Span<byte> spare, int size)
    {
        foreach (var change in changes)
        {
            if (TryMove(change, image, spare, size))
            {
                var moved = spare;
                spare = image;
                image = moved;
            }
            else
            {
                ChangeInPlace(change, image[..(size * size * Channels)]);
            }
        }
    }

    /// <summary>Applies an operation that reads neighbouring pixels, and so writes to other memory.</summary>
    private static bool TryMove(PixelChange change, ReadOnlySpan<byte> image, Span<byte> target, int size)
    {
        switch (change.Operation)
        {
            case PixelOperation.ShearX:
                AffineMap.ShearX(change.Strength).Apply(image, target, size);
                return true;
            case PixelOperation.ShearY:
                AffineMap.ShearY(change.Strength).Apply(image, target, size);
                return true;
            case PixelOperation.Rotate:
                AffineMap.Rotate(change.Strength, size).Apply(image, target, size);
                return true;
            case PixelOperation.TranslateX:
                new PlacedRows(image, size, margin: 0, size, new ImageVariation { ShiftX = (int)change.Strength }).CopyTo(target);
                return true;
            case PixelOperation.TranslateY:
                new PlacedRows(image, size, margin: 0, size, new ImageVariation { ShiftY = (int)change.Strength }).CopyTo(target);
                return true;
            case PixelOperation.Sharpness:
                Sharpness.Change(image, target, size, (float)change.Strength);
                return true;
            default:
                return false;
        }
    }

    private static void ChangeInPlace(PixelChange change, Span<byte> pixels)
    {
        var strength = (float)change.Strength;
        switch (change.Operation)
        {
            case PixelOperation.Brightness:
                ToneTables.Blend(pixels, other: 0, strength);
                break;
            case PixelOperation.Contrast:
                ToneTables.Blend(pixels, ColorChanges.MeanGray(pixels), strength);
                break;
            case PixelOperation.Saturation:
                ColorChanges.Saturate(pixels, strength);
                break;
            case PixelOperation.Hue:
                ColorChanges.TurnHue(pixels, strength);
                break;
            case PixelOperation.Posterize:
                ToneTables.Posterize(pixels, (int)change.Strength);
                break;
            case PixelOperation.Solarize:
                ToneTables.Solarize(pixels, change.Strength);
                break;
            case PixelOperation.AutoContrast:
                ToneTables.AutoContrast(pixels);
                break;
            case PixelOperation.Equalize:
                ToneTables.Equalize(pixels);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(change), change.Operation, "No such operation.");
        }
    }
}
