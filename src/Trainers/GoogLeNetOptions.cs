using MLVision.MLNetExtensions;
using MLVision.Trainers.Models;
using MLVision.Trainers.Options;

namespace MLVision.Trainers;

/// <summary>Options of <c>Trainers.GoogLeNet</c>.</summary>
public sealed record GoogLeNetOptions : ImageTrainingOptions
{
    /// <summary>The form of the inception modules; published weights need torchvision's.</summary>
    public InceptionModule Module { get; init; } = InceptionModule.Torchvision;

    /// <summary>Whether each inception module ends with squeeze-and-excitation.</summary>
    public bool SqueezeExcitation { get; init; }

    /// <summary>Name in the table of architectures.</summary>
    /// <exception cref="OptionOutOfRangeException">Module is no value of its type.</exception>
    internal override string Architecture => (SqueezeExcitation ? "se" : "") + Module switch
    {
        InceptionModule.Torchvision => "googlenet",
        InceptionModule.Paper => "googlenet_5x5",
        InceptionModule.Naive => "googlenet_naive",
        _ => throw new OptionOutOfRangeException(nameof(Module), Module, "Module must be Torchvision, Paper or Naive."),
    };
}
