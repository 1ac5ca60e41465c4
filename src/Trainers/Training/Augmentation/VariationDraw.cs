using MLVision.Trainers.Options;

namespace MLVision.Trainers.Training.Augmentation;

/// <summary>Draws random changes of images; the result depends only on the generator's state.</summary>
/// <param name="options">Which changes are on.</param>
/// <param name="storedSize">Width and height of the stored images in pixels.</param>
/// <param name="imageSize">Width and height in pixels of the network's input.</param>
internal sealed class VariationDraw(AugmentationOptions options, int storedSize, int imageSize)
{
    private const int Attempts = 10;

    /// <summary>Draws for the next image.</summary>
    public ImageVariation Next(Random random)
    {
        var maxShift = (int)Math.Round(options.Shift * imageSize);
        return new ImageVariation
        {
            Crop = options.RandomResizedCrop ? DrawCrop(random) : null,
            ShiftX = maxShift > 0 ? random.Next(-maxShift, maxShift + 1) : 0,
            ShiftY = maxShift > 0 ? random.Next(-maxShift, maxShift + 1) : 0,
            IsMirrored = Chance(random, options.HorizontalFlip),
            IsUpsideDown = Chance(random, options.VerticalFlip),
            Changes = DrawChanges(random),
            Erased = Chance(random, options.RandomErasing) ? DrawErased(random) : null,
        };
    }

    /// <summary>A part of the stored image, of a random area and aspect ratio; the whole image if ten draws do not fit in it.</summary>
    /// <remarks>As in torchvision's RandomResizedCrop: areas are drawn uniformly, aspect ratios uniformly in their logarithm.</remarks>
    private PixelWindow DrawCrop(Random random)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var area = (double)storedSize * storedSize * Between(random, options.MinCropScale, options.MaxCropScale);
            var aspect = Math.Exp(Between(random, Math.Log(options.MinCropAspect), Math.Log(options.MaxCropAspect)));
            var width = (int)Math.Round(Math.Sqrt(area * aspect));
            var height = (int)Math.Round(Math.Sqrt(area / aspect));
            if (width > 0 && width <= storedSize && height > 0 && height <= storedSize)
            {
                return Place(random, width, height, storedSize);
            }
        }

        // The whole image. If its aspect ratio of 1 is not allowed, the largest centre with the nearest allowed ratio.
        var (wide, high) = (Math.Min(1, options.MaxCropAspect), Math.Min(1, 1 / options.MinCropAspect));
        var (fullWidth, fullHeight) = (Math.Max(1, (int)Math.Round(storedSize * wide)), Math.Max(1, (int)Math.Round(storedSize * high)));
        return new PixelWindow((storedSize - fullWidth) / 2, (storedSize - fullHeight) / 2, fullWidth, fullHeight);
    }

    /// <summary>A rectangle smaller than the image in both directions, or null if ten draws do not fit in it.</summary>
    private PixelWindow? DrawErased(Random random)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var area = (double)imageSize * imageSize * Between(random, options.MinErasedScale, options.MaxErasedScale);
            var aspect = Math.Exp(Between(random, Math.Log(options.MinErasedAspect), Math.Log(options.MaxErasedAspect)));
            var height = (int)Math.Round(Math.Sqrt(area * aspect));
            var width = (int)Math.Round(Math.Sqrt(area / aspect));
            if (width < imageSize && height < imageSize)
            {
                return Place(random, width, height, imageSize);
            }
        }

        return null;
    }

    private List<PixelChange> DrawChanges(Random random)
    {
        var changes = new List<PixelChange>();
        Jitter(PixelOperation.Brightness, options.Brightness, center: 1);
        Jitter(PixelOperation.Contrast, options.Contrast, center: 1);
        Jitter(PixelOperation.Saturation, options.Saturation, center: 1);
        Jitter(PixelOperation.Hue, options.Hue, center: 0);
        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(changes));
        if (options.TrivialAugment && TrivialAugmentWide.Draw(random) is { } change)
        {
            changes.Add(change);
        }

        return changes;

        void Jitter(PixelOperation operation, double range, double center)
        {
            if (range > 0)
            {
                changes.Add(new PixelChange(operation, Between(random, center - range, center + range)));
            }
        }
    }

    private static PixelWindow Place(Random random, int width, int height, int size) =>
        new(random.Next(size - width + 1), random.Next(size - height + 1), width, height);

    private static bool Chance(Random random, double probability) => probability > 0 && random.NextDouble() < probability;

    private static double Between(Random random, double least, double most) => least + ((most - least) * random.NextDouble());
}
