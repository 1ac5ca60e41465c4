using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using MLVision.Cli.Options;
using MLVision.Cli.Output;
using MLVision.Cli.Output.Live;
using MLVision.Trainers.Options;
using MLVision.Trainers.Training.Results;

namespace MLVision.Cli.Commands;

/// <summary><c>mlvision lr-find</c>: which learning rate a training with the same flags should have.</summary>
internal static class LearningRateCommand
{
    private static readonly Option<string> Data = new("--data")
    {
        HelpName = "folder|file",
        Description = LabeledData.Description,
        Required = true,
    };
    private static readonly Option<string?> Architecture = ArchitectureOption.Training();
    private static readonly Option<int> Steps = NumberOption.Whole(
        "--steps", "Steps, each at a higher rate.", new LearningRateSweepOptions().Steps);
    private static readonly Option<string?> Out = new("--out")
    {
        HelpName = "file",
        Description = "File that the plot is drawn to: .png or .svg.",
    };
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON." };

    public static Command Create()
    {
        var command = new Command(
            "lr-find", "Searches for a learning rate: trains a few steps, each at a higher rate, and watches the loss.")
        {
            Data, Architecture, Steps, Out, Json,
        };
        foreach (var flag in TrainingFlags.All)
        {
            command.Add(flag);
        }

        command.SetAction((parsed, cancellationToken) => Task.FromResult(Run(parsed, cancellationToken)));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(Out) is { } output)
        {
            OutputPlace.ThrowIfAmongImages(output, parsed.GetValue(Data));
        }

        var plot = parsed.GetValue(Out) is { } path ? LearningRatePlot.At(path) : null;
        var options = TrainingFlags.Read(parsed);
        var ml = new MLContext(options.Seed);
        var images = ml.Data.LoadFromEnumerable(LabeledData.ReadToLearn(parsed.GetValue(Data)!));
        LearningRateSweep sweep;
        using (var progress = new LiveTraining(Terminal.Notes))
        {
            var estimator = ArchitectureOption.Estimator(ml, parsed.GetValue(Architecture), options with
            {
                Progress = progress,
                DownloadProgress = progress,
                Logger = progress,
                CancellationToken = cancellationToken,
            });
            var prepared = ml.Transforms.Conversion.MapValueToKey("Label")
                .Append(ml.Transforms.LoadImages("Image", imageFolder: "", "ImagePath"))
                .Fit(images).Transform(images);
            sweep = estimator.FindLearningRate(prepared, new LearningRateSweepOptions { Steps = parsed.GetValue(Steps) });
        }

        var drawn = parsed.GetValue(Out) is { } file ? OutputPlace.NameOf(file) : null;
        plot?.Draw(sweep);
        Show(sweep, parsed.GetValue(Json), drawn);
        return 0;
    }

    private static void Show(LearningRateSweep sweep, bool json, string? plot)
    {
        if (json)
        {
            Terminal.WriteJson(new
            {
                Phase = JsonNamingPolicy.CamelCase.ConvertName(sweep.Phase.ToString()),
                sweep.Suggestion,
                sweep.TenthOfMinimum,
                sweep.RecipeRate,
                Rates = sweep.Steps.Select(step => step.Rate),
                Losses = sweep.Steps.Select(step => step.Loss),
                SmoothedLosses = sweep.Steps.Select(step => step.SmoothedLoss),
            });
            if (plot is not null)
            {
                Notes.Write(plot);
            }

            return;
        }

        if (Terminal.Output.Profile.Capabilities.Unicode)
        {
            TerminalPlot.Write(Console.Out, sweep, Terminal.Output.Profile.Width);
        }

        var option = sweep.Phase == TrainingPhase.Head ? "--head-learning-rate" : "--learning-rate";
        Console.Out.WriteLine(sweep is { Suggestion: { } steepest, TenthOfMinimum: { } tenth }
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{option} {steepest:0.0e-0}: there the loss falls most steeply. A tenth of the rate where it is smallest: {tenth:0.0e-0}.")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"The loss falls by no more than its own noise at these rates, so none of them is recommended: keep {option} " +
                $"{sweep.RecipeRate:0.##e-0}, which the recipe has, or try more --steps or a larger --batch-size."));
        if (plot is not null)
        {
            Terminal.Print(plot);
        }
    }
}
