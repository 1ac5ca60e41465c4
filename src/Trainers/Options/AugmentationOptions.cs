using System.Globalization;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Options;

namespace MLVision.Trainers.Options;

/// <summary>Random changes of training images, drawn each time an image is used; by default none.</summary>
/// <remarks>
/// Changes that are on are applied in the order of the properties. Images for validation and scoring are never changed. The defaults of a
/// change's details are torchvision's.
/// </remarks>
public sealed record AugmentationOptions
{
    /// <summary>No changes.</summary>
    public static AugmentationOptions None { get; } = new();

    /// <summary>Mirrored, and shifted by an eighth of the width: for small images, where little can be cut away.</summary>
    /// <remarks>Source: He et al. 2016, §4.2, arXiv:1512.03385: 4 pixels of 32.</remarks>
    public static AugmentationOptions Light { get; } = new() { Shift = 0.125, HorizontalFlip = 0.5 };

    /// <summary>A part of at least 35 % of the image, mirrored, in slightly other light: for photographs and few epochs.</summary>
    /// <remarks>The least part and the range of the light are fastai's defaults for fine-tuning.</remarks>
    public static AugmentationOptions Standard { get; } = new()
    {
        RandomResizedCrop = true,
        MinCropScale = 0.35,
        HorizontalFlip = 0.5,
        Brightness = 0.2,
        Contrast = 0.2,
        Saturation = 0.2,
    };

    /// <summary>Everything that keeps a network from memorising images: for many epochs.</summary>
    /// <remarks>Torchvision's recipe for its second generation of ImageNet weights.</remarks>
    public static AugmentationOptions Strong { get; } = new()
    {
        RandomResizedCrop = true,
        HorizontalFlip = 0.5,
        TrivialAugment = true,
        RandomErasing = 0.1,
        MixupAlpha = 0.2,
        CutmixAlpha = 1,
    };

    /// <summary>Whether a random part of the image is enlarged to the whole.</summary>
    /// <remarks>Source: Szegedy et al. 2015, §6, arXiv:1409.4842.</remarks>
    public bool RandomResizedCrop { get; init; }

    /// <summary>Smallest area of the part, as a share of the image; above 0, up to <see cref="MaxCropScale"/>.</summary>
    [Number(Above = 0)]
    public double MinCropScale { get; init; } = 0.08;

    /// <summary>Largest area of the part, as a share of the image; up to 1.</summary>
    [Number(UpTo = 1)]
    public double MaxCropScale { get; init; } = 1;

    /// <summary>Smallest width of the part, as a multiple of its height; above 0, up to <see cref="MaxCropAspect"/>.</summary>
    [Number(Above = 0)]
    public double MinCropAspect { get; init; } = 3.0 / 4;

    /// <summary>Largest width of the part, as a multiple of its height.</summary>
    [Number]
    public double MaxCropAspect { get; init; } = 4.0 / 3;

    /// <summary>Padded crop: largest shift as a share of the width, in both directions; the free area is black. 0 to below 0.5.</summary>
    /// <remarks>Source: He et al. 2016, §4.2, arXiv:1512.03385.</remarks>
    [Number(AtLeast = 0, Below = 0.5)]
    public double Shift { get; init; }

    /// <summary>Probability that left and right are swapped; 0 to 1. Use 0 if left and right have a meaning.</summary>
    [Number(AtLeast = 0, UpTo = 1)]
    public double HorizontalFlip { get; init; }

    /// <summary>
    /// Probability that top and bottom are swapped; 0 to 1. For images without a natural top, such as aerial photographs.
    /// </summary>
    [Number(AtLeast = 0, UpTo = 1)]
    public double VerticalFlip { get; init; }

    /// <summary>How much brighter or darker at most, as a share; 0 to 1.</summary>
    /// <remarks>
    /// With the next three, torchvision's ColorJitter: each is drawn evenly from its range, and they are applied in a random order.
    /// </remarks>
    [Number(AtLeast = 0, UpTo = 1)]
    public double Brightness { get; init; }

    /// <summary>How much more or less contrast at most, as a share; 0 to 1.</summary>
    [Number(AtLeast = 0, UpTo = 1)]
    public double Contrast { get; init; }

    /// <summary>How much more or less colour at most, as a share; 0 to 1.</summary>
    [Number(AtLeast = 0, UpTo = 1)]
    public double Saturation { get; init; }

    /// <summary>How far colours turn at most, as a share of the whole circle; 0 to 0.5.</summary>
    [Number(AtLeast = 0, UpTo = 0.5)]
    public double Hue { get; init; }

    /// <summary>Whether one of fourteen operations, drawn at random, is applied at a random strength.</summary>
    /// <remarks>TrivialAugmentWide: Müller and Hutter 2021, §3, arXiv:2103.10158; operations and ranges as torchvision's.</remarks>
    public bool TrivialAugment { get; init; }

    /// <summary>Probability that a random rectangle becomes the mean colour; 0 to 1.</summary>
    /// <remarks>Source: Zhong et al. 2020, arXiv:1708.04896.</remarks>
    [Number(AtLeast = 0, UpTo = 1)]
    public double RandomErasing { get; init; }

    /// <summary>Smallest area of the rectangle, as a share of the image; above 0, up to <see cref="MaxErasedScale"/>.</summary>
    [Number(Above = 0)]
    public double MinErasedScale { get; init; } = 0.02;

    /// <summary>Largest area of the rectangle, as a share of the image; up to 1.</summary>
    [Number(UpTo = 1)]
    public double MaxErasedScale { get; init; } = 0.33;

    /// <summary>Smallest height of the rectangle, as a multiple of its width; above 0, up to <see cref="MaxErasedAspect"/>.</summary>
    [Number(Above = 0)]
    public double MinErasedAspect { get; init; } = 0.3;

    /// <summary>Largest height of the rectangle, as a multiple of its width.</summary>
    [Number]
    public double MaxErasedAspect { get; init; } = 3.3;

    /// <summary>
    /// Both parameters of the beta distribution that shares are drawn from when images are blended in pairs; 0 blends none.
    /// </summary>
    /// <remarks>
    /// Source: Zhang et al. 2018, §2, arXiv:1710.09412. Where <see cref="CutmixAlpha"/> is given too, each batch gets one of the two,
    /// by an even chance. Neither applies to features that are found once and kept.
    /// </remarks>
    [Number(AtLeast = 0)]
    public double MixupAlpha { get; init; }

    /// <summary>The same for pairs where a rectangle of one image is put into the other; 0 puts none.</summary>
    /// <remarks>Source: Yun et al. 2019, §3, arXiv:1905.04899.</remarks>
    [Number(AtLeast = 0)]
    public double CutmixAlpha { get; init; }

    /// <summary>The changes that are on, with their ranges.</summary>
    public override string ToString()
    {
        var parts = new (bool IsOn, FormattableString Text)[]
        {
            (RandomResizedCrop, $"crop of {MinCropScale}-{MaxCropScale} at {MinCropAspect:0.###}-{MaxCropAspect:0.###}"),
            (Shift > 0, $"shift {Shift}"),
            (HorizontalFlip > 0, $"horizontal flip {HorizontalFlip}"),
            (VerticalFlip > 0, $"vertical flip {VerticalFlip}"),
            (Brightness > 0, $"brightness {Brightness}"),
            (Contrast > 0, $"contrast {Contrast}"),
            (Saturation > 0, $"saturation {Saturation}"),
            (Hue > 0, $"hue {Hue}"),
            (TrivialAugment, $"TrivialAugment"),
            (RandomErasing > 0, $"erasing {RandomErasing} of {MinErasedScale}-{MaxErasedScale} at {MinErasedAspect}-{MaxErasedAspect}"),
            (MixupAlpha > 0, $"mixup {MixupAlpha}"),
            (CutmixAlpha > 0, $"cutmix {CutmixAlpha}"),
        };
        var on = string.Join(", ", parts.Where(part => part.IsOn).Select(part => part.Text.ToString(CultureInfo.InvariantCulture)));
        return on.Length > 0 ? on : "none";
    }

    /// <summary>Throws unless every value is in range.</summary>
    /// <exception cref="OptionOutOfRangeException">A number is out of range.</exception>
    internal void Validate()
    {
        OptionChecks.ThrowUnlessInRange(this);
        CheckOrder(MinCropScale, MaxCropScale, nameof(MinCropScale), nameof(MaxCropScale));
        CheckOrder(MinCropAspect, MaxCropAspect, nameof(MinCropAspect), nameof(MaxCropAspect));
        CheckOrder(MinErasedScale, MaxErasedScale, nameof(MinErasedScale), nameof(MaxErasedScale));
        CheckOrder(MinErasedAspect, MaxErasedAspect, nameof(MinErasedAspect), nameof(MaxErasedAspect));
    }

    private static void CheckOrder(double least, double most, string nameOfLeast, string nameOfMost) =>
        OptionChecks.Require(least <= most, nameOfLeast, least, $"above 0 and up to {nameOfMost}");
}
