using MLVision.MLNetExtensions;
using MLVision.Trainers.Models;
using MLVision.Trainers.Options;

namespace MLVision.Trainers;

/// <summary>Options of <c>Trainers.ResNet</c>.</summary>
public sealed record ResNetOptions : ImageTrainingOptions
{
    /// <summary>Layers with weights: 18, 34, 50, 101, 152 for photographs; 20, 32, 44, 56, 110 for small images (CIFAR).</summary>
    public int Depth { get; init; } = 50;

    /// <summary>What the bottlenecks are like: ResNeXt and Wide ResNet exist at depths 50 and 101.</summary>
    public ResNetVariant Variant { get; init; } = ResNetVariant.Standard;

    /// <summary>Whether each block ends with squeeze-and-excitation.</summary>
    public bool SqueezeExcitation { get; init; }

    /// <summary>What carries the input past blocks of another shape; null takes the paper's choice for the depth.</summary>
    /// <remarks>
    /// The networks for photographs have projections; those for small images have zero padding, or projections on request.
    /// </remarks>
    public ResidualShortcut? Shortcut { get; init; }

    /// <summary>Name in the table of architectures.</summary>
    /// <exception cref="UnknownArchitectureException">There is no ResNet of this depth and kind.</exception>
    /// <exception cref="OptionOutOfRangeException">Variant or Shortcut is no value of its type.</exception>
    internal override string Architecture
    {
        get
        {
            var isCifar = ImageModels.All.Any(m => m.Name == $"resnet{Depth}{CifarResNet.ProjectionSuffix}");
            var name = (SqueezeExcitation ? "se" : "") + Variant switch
            {
                ResNetVariant.ResNeXt => $"resnext{Depth}_32x{(Depth == 101 && !SqueezeExcitation ? 8 : 4)}d",
                ResNetVariant.Wide => $"wide_resnet{Depth}_2",
                ResNetVariant.Standard => $"resnet{Depth}",
                _ => throw new OptionOutOfRangeException(nameof(Variant), Variant, "Variant must be Standard, ResNeXt or Wide."),
            };
            return (isCifar, Shortcut) switch
            {
                (_, not (null or ResidualShortcut.Projection or ResidualShortcut.ZeroPadding)) => throw new OptionOutOfRangeException(
                    nameof(Shortcut), Shortcut, "Shortcut must be Projection, ZeroPadding or null."),
                (true, ResidualShortcut.Projection) => ImageModels.Get(name + CifarResNet.ProjectionSuffix).Name,
                (false, ResidualShortcut.ZeroPadding) => ImageModels.Get($"{name}_zero_padding").Name,
                _ => ImageModels.Get(name).Name,
            };
        }
    }
}
