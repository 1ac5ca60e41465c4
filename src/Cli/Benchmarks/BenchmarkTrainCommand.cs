using System.CommandLine;
using System.Globalization;
using MLVision.Cli.Options;
using MLVision.Cli.Output;
using MLVision.Cli.Output.Live;
using MLVision.Trainers.Models;
using MLVision.Trainers.Options;
using Spectre.Console;

namespace MLVision.Cli.Benchmarks;

/// <summary><c>mlvision benchmark train</c>: the training loop on synthetic images of 224 pixels, 1000 classes.</summary>
internal static class BenchmarkTrainCommand
{
    private static readonly Option<string> Architecture = new("--arch")
    {
        HelpName = "name",
        Description = "Architecture; see 'models'.",
        Required = true,
    };
    private static readonly Option<int> BatchSize = NumberOption.Whole("--batch-size", "Images per step.", 16);
    private static readonly Option<int> Steps = NumberOption.Whole("--steps", "Steps that are timed.", 12);
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON." };

    public static Command Create()
    {
        var command = new Command("train", "Times the training loop on synthetic images, and forward, backward and step alone beside it.")
        {
            Architecture, BatchSize, Steps, ComputeOptions.Precision, ComputeOptions.Device, ComputeOptions.Threads, Json,
        };
        command.SetAction((parsed, cancellationToken) => Task.FromResult(Run(parsed, cancellationToken)));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = new ImageTrainingOptions
        {
            BatchSize = parsed.GetValue(BatchSize),
            Precision = parsed.GetValue(ComputeOptions.Precision),
            Device = parsed.GetValue(ComputeOptions.Device),
            Threads = parsed.GetValue(ComputeOptions.Threads),
            CancellationToken = cancellationToken,
        };
        using var progress = new LiveTraining(Terminal.Notes);
        var result = new TrainingBenchmark(ImageModels.Get(parsed.GetValue(Architecture)!), options, progress).Run(parsed.GetValue(Steps));
        if (parsed.GetValue(Json))
        {
            Terminal.WriteJson(result);
            return 0;
        }

        string Number(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
        Terminal.Output.WriteLine($"Training loop   {Number(result.ImagesPerSecond)} images/s");
        Terminal.Output.WriteLine($"Bare step       {Number(result.BareImagesPerSecond)} images/s");
        Terminal.Output.WriteLine($"Peak memory     {Number(result.PeakMemoryMegabytes)} MB");
        return 0;
    }
}
