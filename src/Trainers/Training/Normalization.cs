namespace Trainers.Training;

/// <summary>What is subtracted from each colour channel and what it is divided by, on the scale 0..1.</summary>
internal sealed record Normalization(IReadOnlyList<float> Mean, IReadOnlyList<float> StandardDeviation)
{
    /// <summary>Mean and standard deviation of ImageNet's training images, which all published weights expect.</summary>
    public static readonly Normalization ImageNet = new([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);
}
