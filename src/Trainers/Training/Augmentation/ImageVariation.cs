namespace MLVision.Trainers.Training.Augmentation;

/// <summary>The random changes of one image, applied in the order of the properties.</summary>
internal sealed record ImageVariation
{
    /// <summary>No change.</summary>
    public static readonly ImageVariation None = new();

    /// <summary>Part of the stored image that is resized to the network's input; null takes the centre without resizing.</summary>
    public PixelWindow? Crop { get; init; }

    /// <summary>Pixels that the image moves to the right; the area that becomes free is black.</summary>
    public int ShiftX { get; init; }

    /// <summary>Pixels that the image moves down.</summary>
    public int ShiftY { get; init; }

    /// <summary>Whether left and right are swapped.</summary>
    public bool IsMirrored { get; init; }

    /// <summary>Whether top and bottom are swapped.</summary>
    public bool IsUpsideDown { get; init; }

    /// <summary>Operations on the pixels, one after the other.</summary>
    public IReadOnlyList<PixelChange> Changes { get; init; } = [];

    /// <summary>Part of the network's input that is replaced by the mean colour.</summary>
    public PixelWindow? Erased { get; init; }
}
