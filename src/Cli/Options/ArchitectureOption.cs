using System.CommandLine;
using Microsoft.ML;
using MLVision.Trainers;
using MLVision.Trainers.Options;

namespace MLVision.Cli.Options;

/// <summary>The option <c>--arch</c> of verbs that train: it may be left to the weights, and both to the default.</summary>
internal static class ArchitectureOption
{
    /// <summary>The option.</summary>
    public static Option<string?> Training() => new("--arch")
    {
        HelpName = "name",
        Description = "Architecture; see 'models'. Without it that of --weights, and without those resnet18_mlnet.",
    };

    /// <summary>What trains the architecture, or the default.</summary>
    public static ImageClassificationEstimator Estimator(MLContext ml, string? architecture, ImageTrainingOptions options) =>
        architecture is null ? ml.Transforms.ImageClassifier(options) : ml.Transforms.ImageClassifier(architecture, options);
}
