using MLVision.Trainers.Models;
using MLVision.Trainers.Options;

namespace MLVision.Trainers;

/// <summary>Options of <c>Trainers.Vgg</c>.</summary>
public sealed record VggOptions : ImageTrainingOptions
{
    /// <summary>Layers with weights: 11, 13, 16 or 19.</summary>
    public int Depth { get; init; } = 16;

    /// <summary>Whether batch norm follows every convolution. The paper has none, but networks with it train far more easily.</summary>
    public bool BatchNorm { get; init; } = true;

    /// <summary>Name in the table of architectures.</summary>
    /// <exception cref="UnknownArchitectureException">There is no VGG of this depth.</exception>
    internal override string Architecture => ImageModels.Get($"vgg{Depth}{(BatchNorm ? "_bn" : "")}").Name;
}
