namespace Trainers.Training;

/// <summary>How one image is varied for one epoch.</summary>
/// <param name="ShiftX">Pixels that the image moves to the right; what comes in from outside is black.</param>
/// <param name="ShiftY">Pixels that the image moves down.</param>
/// <param name="Flip">Whether left and right are exchanged, after the shift.</param>
internal readonly record struct Augmentation(int ShiftX, int ShiftY, bool Flip)
{
    /// <summary>The image as it is.</summary>
    public static readonly Augmentation None;

    /// <summary>Draws a padded crop and a flip. Source: He et al. 2016, §4.2.</summary>
    public static Augmentation Draw(Random random, int maxShift, bool flip) => new(
        random.Next(-maxShift, maxShift + 1),
        random.Next(-maxShift, maxShift + 1),
        flip && random.Next(2) == 1);
}
