using MLVision.Trainers.Options;
using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Training.Augmentation;
using MLVision.Trainers.Training.Batches;
using MLVision.Trainers.Training.Pixels;
using static TorchSharp.torch;

namespace Trainers.Tests.Training.Augmentation.Tensors;

/// <summary>
/// Compares images that are made with tensor operations, as on a GPU, with those that the CPU's code makes, which is compared with Pillow
/// elsewhere.
/// </summary>
public class TensorImagesTests
{
    private const int Images = 12;

    // Normalised values are bytes again.
    private static readonly Normalization Bytes = new([0, 0, 0], [1 / 255f, 1 / 255f, 1 / 255f]);

    public static TheoryData<string, double> Operations => new()
    {
        { nameof(PixelOperation.ShearX), 0.4 },
        { nameof(PixelOperation.ShearX), -0.99 },
        { nameof(PixelOperation.ShearY), 0.3 },
        { nameof(PixelOperation.TranslateX), 5 },
        { nameof(PixelOperation.TranslateY), -7 },
        { nameof(PixelOperation.Rotate), 0 },
        { nameof(PixelOperation.Rotate), 31 },
        { nameof(PixelOperation.Rotate), -135 },
        { nameof(PixelOperation.Brightness), 0.4 },
        { nameof(PixelOperation.Brightness), 1.9 },
        { nameof(PixelOperation.Contrast), 0.1 },
        { nameof(PixelOperation.Contrast), 1.7 },
        { nameof(PixelOperation.Saturation), 0.2 },
        { nameof(PixelOperation.Saturation), 1.6 },
        { nameof(PixelOperation.Hue), 0.1 },
        { nameof(PixelOperation.Hue), -0.45 },
        { nameof(PixelOperation.Sharpness), 0 },
        { nameof(PixelOperation.Sharpness), 1.8 },
        { nameof(PixelOperation.Posterize), 2 },
        { nameof(PixelOperation.Posterize), 8 },
        { nameof(PixelOperation.Solarize), 85 },
        { nameof(PixelOperation.Solarize), 127.5 },
        { nameof(PixelOperation.Solarize), 255 },
        { nameof(PixelOperation.AutoContrast), 0 },
        { nameof(PixelOperation.Equalize), 0 },
    };

    [Fact]
    public void Make_NoChanges_TakesTheCentre() => Compare(40, 33, Always(ImageVariation.None), levels: 0);

    [Fact]
    public void Make_ShiftsAndFlips_MovesEachImageByItsOwn() => Compare(
        40, 32,
        (random, _) => new ImageVariation
        {
            ShiftX = random.Next(-9, 10),
            ShiftY = random.Next(-9, 10),
            IsMirrored = random.Next(2) == 1,
            IsUpsideDown = random.Next(2) == 1,
        },
        levels: 0);

    // Sums of floats and of whole numbers round differently where a value is halfway between two bytes.
    [Theory]
    [InlineData(40, 32)]
    [InlineData(32, 32)]
    [InlineData(100, 24)]
    [InlineData(24, 64)]
    public void Make_Crops_ResizesEachPart(int storedSize, int size)
    {
        var draw = new VariationDraw(
            new AugmentationOptions { RandomResizedCrop = true, HorizontalFlip = 0.5, Shift = 0.1 }, storedSize, size);

        Compare(storedSize, size, (random, _) => draw.Next(random), levels: 1);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Make_OneOperation_ChangesEveryThirdImage(string name, double strength)
    {
        var operation = Enum.Parse<PixelOperation>(name);
        var isRounded = operation is PixelOperation.ShearX or PixelOperation.ShearY or PixelOperation.Rotate or PixelOperation.Hue;

        Compare(
            32, 32, (_, i) => new ImageVariation { Changes = i % 3 == 0 ? [new PixelChange(operation, strength)] : [] },
            levels: isRounded ? 1 : 0);
    }

    [Fact]
    public void Make_TrivialAugmentAndJitter_AppliesEachInItsOrder()
    {
        var options = new AugmentationOptions { TrivialAugment = true, Brightness = 0.4, Contrast = 0.4, Saturation = 0.4 };
        var draw = new VariationDraw(options, 32, 32);

        // A byte that rotation rounds to another one is at most one level off, which equalising may stretch.
        Compare(32, 32, (random, _) => draw.Next(random), levels: 1);
    }

    [Fact]
    public void Make_Erased_IsTheMeanColour()
    {
        var draw = new VariationDraw(new AugmentationOptions { RandomErasing = 0.5 }, 32, 32);

        Compare(32, 32, (random, _) => draw.Next(random), levels: 0);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    public void Make_Mixed_MixesWithTheOneBefore(double mixupAlpha, double cutmixAlpha)
    {
        var mix = BatchMix.Draw(new Random(4), new AugmentationOptions { MixupAlpha = mixupAlpha, CutmixAlpha = cutmixAlpha }, 32);

        Compare(32, 32, Always(ImageVariation.None), levels: 1e-4, mix);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Make_ChannelsLastOrNot_LaysOutAsAsked(bool isChannelsLast)
    {
        using var images = new DeviceImages(Stored(8), new ImagePreprocessing(8, 8, Bytes), CPU, isChannelsLast)
            .Make([0, 1], [ImageVariation.None, ImageVariation.None], mix: null, threads: 1);

        Assert.Equal(isChannelsLast ? [192, 1, 24, 3] : (long[])[192, 64, 8, 1], images.stride());
    }

    private static Func<Random, int, ImageVariation> Always(ImageVariation variation) => (_, _) => variation;

    private static void Compare(
        int storedSize, int size, Func<Random, int, ImageVariation> vary, double levels, BatchMix? mix = null)
    {
        using var scope = NewDisposeScope();
        var pixels = Stored(storedSize);
        var preprocessing = new ImagePreprocessing(storedSize, size, Bytes);
        var random = new Random(2);
        int[] indices = [.. Enumerable.Range(0, Images)];
        var variations = Array.ConvertAll(indices, i => vary(random, i));

        var expected = new HostImages(pixels, preprocessing, isChannelsLast: true).Make(indices, variations, mix, threads: 1);
        var actual = new DeviceImages(pixels, preprocessing, CPU, isChannelsLast: true).Make(indices, variations, mix, threads: 1);

        var differences = (actual - expected).abs();
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange(differences.max().item<float>(), 0, levels + 1e-4);
        Assert.InRange(differences.gt(0.5).to(float32).mean().item<float>(), 0, 0.02);
    }

    /// <summary>Smooth images with noise, so that neither gradients nor edges are missing; one of a single colour, one grey.</summary>
    private static PixelSet Stored(int size)
    {
        var random = new Random(1);
        var images = Enumerable.Range(0, Images).Select(i =>
        {
            var image = new byte[size * size * 3];
            for (var at = 0; at < image.Length; at++)
            {
                var (x, y, channel) = (at / 3 % size, at / 3 / size, i == 1 ? 0 : at % 3);
                var value = 120 + (60 * Math.Sin((x * 0.2) + i + channel)) + (50 * Math.Cos((y * 0.3 * (channel + 1)) + i));
                image[at] = i == 0 ? (byte)77 : (byte)Math.Clamp(value + (i == 1 ? 0 : random.Next(-20, 21)), 0, 255);
            }

            return image;
        });
        return new PixelSet(size, [.. images], [.. Enumerable.Repeat(0, Images)]);
    }
}
