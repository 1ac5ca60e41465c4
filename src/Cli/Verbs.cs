using System.CommandLine;
using System.CommandLine.Parsing;
using MLVision.Cli.Benchmarks;
using MLVision.Cli.Commands;

namespace MLVision.Cli;

/// <summary>Everything that <c>mlvision</c> does, and the options of each.</summary>
internal static class Verbs
{
    /// <summary>Makes the command that has them all.</summary>
    public static RootCommand Create() => new("Trains image classifiers on folders of images, and scores, evaluates and exports them.")
    {
        ModelsCommand.Create(),
        TrainCommand.Create(),
        LearningRateCommand.Create(),
        EvaluateCommand.Create(),
        PredictCommand.Create(),
        ExportCommand.Create(),
        QuantizeCommand.Create(),
        DoctorCommand.Create(),
        BenchmarkCommand.Create(),
    };

    /// <summary>What is wrong with a value of no characters, which a shell's empty variable makes; null where there is none.</summary>
    public static string? EmptyValue(ParseResult parsed) =>
        parsed.CommandResult.Children.FirstOrDefault(child => child.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value))) switch
        {
            OptionResult option => $"{option.Option.Name} is empty; give it a value.",
            ArgumentResult argument => $"The argument <{argument.Argument.Name}> is empty; give it a value.",
            _ => null,
        };
}
