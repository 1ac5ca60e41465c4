using System.CommandLine;
using MLVision.Cli.Benchmarks;
using MLVision.Cli.Commands;
using MLVision.Cli.Completion;
using MLVision.Cli.Help;
using MLVision.Cli.Options;

namespace MLVision.Cli;

/// <summary>Everything that <c>mlvision</c> does, and the options of each.</summary>
internal static class Verbs
{
    /// <summary>Makes the command that has them all.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand("Trains image classifiers on folders of images, and scores, evaluates and exports them.")
        {
            ModelsCommand.Create(),
            TrainCommand.Create(),
            LearningRateCommand.Create(),
            EvaluateCommand.Create(),
            PredictCommand.Create(),
            ScoreCommand.Create(),
            ExportCommand.Create(),
            InspectCommand.Create(),
            QuantizeCommand.Create(),
            DoctorCommand.Create(),
            NewCommand.Create(),
            BenchmarkCommand.Create(),
            CompletionCommand.Create(),
        };
        foreach (var option in LoudnessOptions.All)
        {
            root.Add(option);
        }

        HelpPage.Give(root);
        Words.Give(root);
        return root;
    }
}
