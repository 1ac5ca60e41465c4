using MLVision.Trainers.Models;
using MLVision.Trainers.Options;

namespace MLVision.Trainers;

/// <summary>Options of <c>Trainers.SENet</c>.</summary>
/// <remarks>
/// Squeeze-and-excitation in other networks is an option of theirs: <see cref="ResNetOptions"/>, <see cref="GoogLeNetOptions"/>.
/// </remarks>
public sealed record SENetOptions : ImageTrainingOptions
{
    /// <summary>Layers with weights: 18, 34, 50, 101, 152, or 154 for SENet-154.</summary>
    public int Depth { get; init; } = 50;

    /// <summary>Whether the bottlenecks' 3×3 convolutions are in 32 groups: SE-ResNeXt-50 and 101 (32x4d).</summary>
    public bool ResNeXt { get; init; }

    /// <summary>Whether the layout is timm's, which is that of torchvision's ResNets, instead of the authors' own.</summary>
    /// <remarks>Weights of either layout decide for themselves.</remarks>
    public bool TimmForm { get; init; }

    /// <summary>Name in the table of architectures.</summary>
    /// <exception cref="UnknownArchitectureException">There is no such network.</exception>
    internal override string Architecture
    {
        get
        {
            var name = Depth == 154 && !ResNeXt ? "senet154" : ResNeXt ? $"seresnext{Depth}_32x4d" : $"seresnet{Depth}";
            return ImageModels.Get(name + (TimmForm ? ImageModels.TimmSuffix : "")).Name;
        }
    }
}
