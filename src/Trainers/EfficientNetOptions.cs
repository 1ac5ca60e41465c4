using MLVision.Trainers.Models;
using MLVision.Trainers.Options;

namespace MLVision.Trainers;

/// <summary>Options of <c>Trainers.EfficientNet</c>.</summary>
public sealed record EfficientNetOptions : ImageTrainingOptions
{
    /// <summary>Step of compound scaling: 0 for B0 (images of 224 pixels) to 7 for B7 (600 pixels).</summary>
    public int Scale { get; init; }

    /// <summary>Name in the table of architectures.</summary>
    /// <exception cref="UnknownArchitectureException">Scale is below 0 or above 7.</exception>
    internal override string Architecture => ImageModels.Get($"efficientnet_b{Scale}").Name;
}
