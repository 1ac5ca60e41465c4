namespace MLVision.Trainers.Training.Augmentation;

/// <summary>How one image is varied, as it was drawn; done in the order of the properties.</summary>
internal sealed record ImageVariation
{
    /// <summary>The image as it is.</summary>
    public static readonly ImageVariation None = new();

    /// <summary>Part of the stored image that is resized to what the network sees; null takes the centre as it is.</summary>
    public PixelWindow? Crop { get; init; }

    /// <summary>Pixels that the image moves to the right; what comes in from outside is black.</summary>
    public int ShiftX { get; init; }

    /// <summary>Pixels that the image moves down.</summary>
    public int ShiftY { get; init; }

    /// <summary>Whether left and right are exchanged.</summary>
    public bool IsMirrored { get; init; }

    /// <summary>Whether top and bottom are exchanged.</summary>
    public bool IsUpsideDown { get; init; }

    /// <summary>What is done to the pixels, one after the other.</summary>
    public IReadOnlyList<PixelChange> Changes { get; init; } = [];

    /// <summary>Part of what the network sees that becomes the mean colour.</summary>
    public PixelWindow? Erased { get; init; }
}
