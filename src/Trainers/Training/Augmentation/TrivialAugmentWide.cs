namespace MLVision.Trainers.Training.Augmentation;

/// <summary>Draws one operation for an image, at one of 31 strengths.</summary>
/// <remarks>
/// Source: Müller and Hutter 2021, §3 and Table 2, arXiv:2103.10158. Operations, ranges and signs are torchvision's. One of fourteen
/// operations is drawn with equal chance; one of them does nothing.
/// </remarks>
internal static class TrivialAugmentWide
{
    private const int Strengths = 31;
    private const int PosterizeSteps = 6;

    private static readonly Func<Random, PixelChange?>[] Space =
    [
        _ => null,
        random => Signed(PixelOperation.ShearX, random, 0.99),
        random => Signed(PixelOperation.ShearY, random, 0.99),
        random => Whole(Signed(PixelOperation.TranslateX, random, 32)),
        random => Whole(Signed(PixelOperation.TranslateY, random, 32)),
        random => Signed(PixelOperation.Rotate, random, 135),
        random => Around1(Signed(PixelOperation.Brightness, random, 0.99)),
        random => Around1(Signed(PixelOperation.Saturation, random, 0.99)),
        random => Around1(Signed(PixelOperation.Contrast, random, 0.99)),
        random => Around1(Signed(PixelOperation.Sharpness, random, 0.99)),
        random => new PixelChange(PixelOperation.Posterize, 8 - Math.Round(Share(random) * PosterizeSteps)),
        random => new PixelChange(PixelOperation.Solarize, 255 * (1 - Share(random))),
        _ => new PixelChange(PixelOperation.AutoContrast, 0),
        _ => new PixelChange(PixelOperation.Equalize, 0),
    ];

    /// <summary>The operation, or null to leave the image unchanged.</summary>
    public static PixelChange? Draw(Random random) => Space[random.Next(Space.Length)](random);

    private static double Share(Random random) => random.Next(Strengths) / (Strengths - 1.0);

    private static PixelChange Signed(PixelOperation operation, Random random, double most)
    {
        var strength = Share(random) * most;
        return new PixelChange(operation, random.Next(2) == 1 ? -strength : strength);
    }

    private static PixelChange Whole(PixelChange change) => change with { Strength = Math.Truncate(change.Strength) };

    private static PixelChange Around1(PixelChange change) => change with { Strength = 1 + change.Strength };
}
