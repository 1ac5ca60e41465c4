namespace MLVision.Trainers.Training.Augmentation;

/// <summary>One operation on an image's pixels, with the strength that was drawn for it.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Strength">Its strength, in the operation's own unit.</param>
internal readonly record struct PixelChange(PixelOperation Operation, double Strength);
