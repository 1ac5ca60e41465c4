using System.CommandLine;
using System.Globalization;
using MLVision.Cli.Benchmarks.Scoring;
using MLVision.Cli.Commands;
using MLVision.Cli.Options;
using MLVision.Cli.Output;
using MLVision.Cli.Output.Tables;
using MLVision.MLNetExtensions.Devices;
using Spectre.Console;

namespace MLVision.Cli.Benchmarks;

/// <summary><c>mlvision benchmark score</c>: every way of scoring a model, in turns, on the same images.</summary>
internal static class BenchmarkScoreCommand
{
    private static readonly ScoringBenchmarkOptions Defaults = new();

    private static readonly Option<string> Model = new("--model")
    {
        HelpName = "file",
        Description = "A model.zip or model.onnx.",
        Required = true,
    };
    private static readonly Option<string> Int8 = new("--int8") { Description = "The same model quantised, to score beside it." };
    private static readonly Option<string> Fp16 = new("--fp16")
    {
        Description = "The same model in half precision, to score beside it.",
    };

    private static readonly Option<string> Data = new("--data")
    {
        HelpName = "folder|file",
        Description = "Folder of images, those in its sub-folders, too; or a manifest.",
        Required = true,
    };
    private static readonly Option<int> Images = NumberOption.Whole(
        "--images", "Images that each way scores in a turn, at most.", Defaults.Images);
    private static readonly Option<int> Rounds = NumberOption.Whole(
        "--rounds", "Turns of each way; the figures are medians.", Defaults.Rounds);
    private static readonly Option<int> Threads = NumberOption.Whole(
        "--threads", "Threads that decode and score.", Defaults.Scoring.Threads);
    private static readonly Option<bool> Fast = ScoringOptions.Fast();
    private static readonly Option<bool> IgnoreOrientation = ScoringOptions.IgnoreOrientation();
    private static readonly Option<ComputeDevice> Device = DeviceOption.Scoring();
    private static readonly Option<int?> BatchSize = ScoringOptions.BatchSize();
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON." };

    public static Command Create()
    {
        var command = new Command("score", "Times every way of scoring a folder of images, and decoding and the bare session beside them.")
        {
            Model, Int8, Fp16, Data, Images, Rounds, Threads, Fast, IgnoreOrientation, Device, BatchSize, Json,
        };
        command.SetAction(Task<int> (parsed, cancellationToken) => Task.Run(() => Run(parsed, cancellationToken), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        QuietRuntime.Start();
        var options = new ScoringBenchmarkOptions
        {
            Scoring = ScoringOptions.Read(
                parsed.GetValue(Device), parsed.GetValue(BatchSize), parsed.GetValue(Fast), parsed.GetValue(IgnoreOrientation)) with
            {
                Threads = parsed.GetValue(Threads),
                Logger = null,    // the result names the device, which many sessions are opened on
            },
            Int8Model = parsed.GetValue(Int8),
            Fp16Model = parsed.GetValue(Fp16),
            Images = parsed.GetValue(Images),
            Rounds = parsed.GetValue(Rounds),
        };
        var benchmark = new ScoringBenchmark(
            parsed.GetValue(Model)!, LabeledData.ListImages(parsed.GetValue(Data)!), options);
        var result = Terminal.Notes.Profile.Capabilities.Interactive
            ? Terminal.Notes.Status()
                .Start("Looking at the images", status => benchmark.Run(new Turn(status, options.Rounds), cancellationToken))
            : benchmark.Run(cancellationToken: cancellationToken);
        if (parsed.GetValue(Json))
        {
            Terminal.WriteJson(result);
        }
        else
        {
            Show(result);
        }

        return 0;
    }

    private static void Show(ScoringBenchmarkResult result)
    {
        Terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{result.Architecture} on {result.Device}, threads: {result.Threads}, pixels: {result.Pixels.ToLowerInvariant()}, " +
            $"{result.ImageSize}×{result.ImageSize}"));
        Terminal.Output.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"Images: {result.Images}; medians of {result.Rounds} rounds"));
        var table = new ResultTable().Text("way of scoring").Figure("images/s").Figure("bytes/image").Figure("peak MB");
        foreach (var path in result.Paths)
        {
            table.Add(
                Describe(path.Path), Number(path.ImagesPerSecond, "0.0"), Number(path.BytesPerImage, "#,0"),
                Number(path.PeakMemoryMegabytes, "0"));
        }

        table.Write(Terminal.Output);
        var ratios = result.Ratios;
        ShowRatio(ratios.ClassifierToSlowerBare, "of the slower of decoding and session, each run alone (ImageClassifier)");
        ShowRatio(ratios.ClassifierToBareSum, "of both one after the other on the same cores, the most there can be");
        ShowRatio(ratios.ClassifierToStock, "times the faster stock chain (ImageClassifier)");
        ShowRatio(ratios.BatchedToStock, "times the faster stock chain (batched chain)");
        ShowRatio(ratios.Int8ToClassifier, "times its float model (int8)");
        ShowRatio(ratios.Fp16ToClassifier, "times its float model (fp16)");
        if (result.Unreadable > 0)
        {
            Terminal.Output.WriteLine($"Left out: {Counted.Of(result.Unreadable, "image")} that cannot be read.");
        }

        if (result.Turned > 0)
        {
            Terminal.Output.WriteLine(
                $"Stored rotated, as EXIF says: {Counted.Of(result.Turned, "image")}; the stock chain does not turn them.");
        }

        if (!result.IsPeakPerPath)
        {
            Terminal.Output.WriteLine("Peak memory is that of the whole process so far: this system cannot reset it.");
        }
    }

    private static void ShowRatio(double? ratio, string meaning)
    {
        if (ratio is { } value)
        {
            Terminal.Output.WriteLine($"{Number(value, "0.00")} {meaning}");
        }
    }

    private static string Describe(string path) => path switch
    {
        ScoringPathName.Decode => "decoding alone",
        ScoringPathName.Session => "session alone",
        ScoringPathName.Stock => "stock chain, IntraOpNumThreads = 1",
        ScoringPathName.StockDefault => "stock chain, default threads",
        ScoringPathName.Batched => "batched chain",
        ScoringPathName.Classifier => "ImageClassifier",
        ScoringPathName.Int8 => "ImageClassifier, int8",
        ScoringPathName.Fp16 => "ImageClassifier, fp16",
        _ => path,
    };

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>Shows whose turn it is.</summary>
    private sealed class Turn(StatusContext status, int rounds) : IProgress<(string Path, int Round)>
    {
        public void Report((string Path, int Round) value) => status.Status($"{Describe(value.Path)}, round {value.Round + 1} of {rounds}");
    }
}
