using System.CommandLine;
using System.Globalization;
using MLVision.Cli.Options;
using MLVision.Cli.Output;
using MLVision.Cli.Output.Live;
using MLVision.Cli.Output.Tables;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Models;
using MLVision.Trainers.Onnx;

namespace MLVision.Cli.Commands;

/// <summary><c>mlvision export</c>: an architecture as an ONNX file.</summary>
internal static class ExportCommand
{
    private static readonly Option<string> Architecture = new("--arch")
    {
        HelpName = "name",
        Description = "Architecture; see 'models'.",
        Required = true,
    };
    private static readonly Option<int?> Classes = NumberOption.Whole(
        "--classes", "Number of classes; without it the weights', or the paper's.");
    private static readonly Option<string?> Labels = new("--labels")
    {
        HelpName = "file",
        Description = "Text file of class names, one per line; a repeated name gets a number.",
    };

    private static readonly Option<string?> Weights = new("--weights")
    {
        HelpName = "file|name",
        Description = "A file of weights, a model.zip or model.onnx, the name of published weights, or none; without it random ones.",
    };
    private static readonly Option<string?> WeightsKey = StartingWeights.Key();
    private static readonly Option<float[]?> Mean = StartingWeights.Mean();
    private static readonly Option<float[]?> StandardDeviation = StartingWeights.StandardDeviation();
    private static readonly Option<int?> ImageSize = NumberOption.Whole(
        "--image-size", "Width and height in pixels; without it the weights' own, or the architecture's.");
    private static readonly Option<ModelOutputs> Outputs = OutputsOption.Create();
    private static readonly Option<int> Seed = NumberOption.Whole("--seed", "Decides random weights.", 1);
    private static readonly Option<bool> Overwrite = OverwriteOption.Create();
    private static readonly Option<string> Out = new("--out")
    {
        HelpName = "file",
        Description = "The ONNX file.",
        Required = true,
    };

    public static Command Create()
    {
        var command = new Command("export", "Writes an architecture, with weights from a file, published ones or random ones, as ONNX.")
        {
            Architecture, Classes, Labels, Weights, WeightsKey, Mean, StandardDeviation, ImageSize, Outputs, Seed, Out, Overwrite,
        };
        command.SetAction(Task<int> (parsed, cancellationToken) => Task.Run(() => Run(parsed, cancellationToken), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var path = parsed.GetValue(Out)!;
        OutputPlace.ThrowIfTaken(path, parsed.GetValue(Overwrite));
        var weights = parsed.GetValue(Weights);
        using (var progress = new LiveTraining(Terminal.Notes))
        {
            OnnxExporter.Export(ImageModels.Get(parsed.GetValue(Architecture)!), path, new OnnxExportOptions
            {
                Labels = ReadLabels(parsed.GetValue(Labels), parsed.GetValue(Classes)),
                Weights = weights,
                WeightsKey = parsed.GetValue(WeightsKey),
                Mean = StartingWeights.Read(parsed, Mean),
                StandardDeviation = StartingWeights.Read(parsed, StandardDeviation),
                ImageSize = parsed.GetValue(ImageSize),
                Outputs = parsed.GetValue(Outputs),
                Seed = parsed.GetValue(Seed),
                Logger = progress,
                DownloadProgress = progress,
            }, cancellationToken);
        }

        if (weights is null || weights.Equals("none", StringComparison.OrdinalIgnoreCase))
        {
            Terminal.Say("The weights are random; train to get a useful model.");
        }

        Terminal.Print(path);
        return 0;
    }

    /// <summary>The names in the file, or numbers, or null where neither is given.</summary>
    private static string[]? ReadLabels(string? file, int? classes)
    {
        if (classes < 2)
        {
            throw new ImageClassificationException($"--classes is {classes}; a classifier needs at least 2.");
        }

        if (file is null)
        {
            return classes is { } count ? [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture))] : null;
        }

        var labels = LabelList.Read(file, Terminal.Say);
        return classes is null || classes == labels.Length
            ? labels
            : throw new ImageClassificationException($"--classes is {classes} but '{file}' names {Counted.Of(labels.Length, "class")}.");
    }
}
