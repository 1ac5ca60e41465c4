namespace MLVision.Trainers.Training.Augmentation;

/// <summary>One operation on the pixels of an image, as it was drawn.</summary>
/// <param name="Operation">What is done.</param>
/// <param name="Strength">How much of it, in the operation's own unit.</param>
internal readonly record struct PixelChange(PixelOperation Operation, double Strength);
