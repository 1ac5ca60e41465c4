namespace MLVision.Trainers.Training.Augmentation;

/// <summary>A rectangle of whole pixels.</summary>
/// <param name="Left">Pixels from the image's left edge.</param>
/// <param name="Top">Pixels from the image's upper edge.</param>
/// <param name="Width">Pixels across.</param>
/// <param name="Height">Pixels down.</param>
internal readonly record struct PixelWindow(int Left, int Top, int Width, int Height);
