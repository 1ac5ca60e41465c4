using Trainers.Models;

namespace Trainers;

/// <summary>Options of <c>Trainers.ResNet</c>.</summary>
public sealed record ResNetOptions : ImageClassifierOptions
{
    /// <summary>Layers with weights: 18, 34, 50, 101, 152 for photographs; 20, 32, 44, 56, 110 for small images (CIFAR).</summary>
    public int Depth { get; init; } = 50;

    /// <summary>What carries the input past blocks of another shape; null takes the paper's choice for the depth.</summary>
    /// <remarks>The networks for photographs have projections; those for small images have zero padding, or projections on request.</remarks>
    public ResidualShortcut? Shortcut { get; init; }

    /// <summary>Name in the table of architectures.</summary>
    /// <exception cref="UnknownArchitectureException">There is no ResNet of this depth with this shortcut.</exception>
    internal string Architecture
    {
        get
        {
            var isCifar = ImageModels.All.Any(m => m.Name == $"resnet{Depth}{ImageModels.ProjectionSuffix}");
            return (isCifar, Shortcut) switch
            {
                (true, ResidualShortcut.Projection) => $"resnet{Depth}{ImageModels.ProjectionSuffix}",
                (false, ResidualShortcut.ZeroPadding) => ImageModels.Get($"resnet{Depth}_zero_padding").Name,
                _ => ImageModels.Get($"resnet{Depth}").Name,
            };
        }
    }
}
