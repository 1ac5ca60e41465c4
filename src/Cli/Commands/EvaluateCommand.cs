using System.CommandLine;
using System.Globalization;
using MLVision.Cli.Options;
using MLVision.Cli.Output;
using MLVision.Cli.Output.Tables;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring.Results;
using MLVision.MLNetExtensions.Scoring;
using MLVision.Reports;
using Spectre.Console;

namespace MLVision.Cli.Commands;

/// <summary><c>mlvision evaluate</c>: how well a model does on a labelled folder.</summary>
internal static class EvaluateCommand
{
    private static readonly Option<string> Model = new("--model")
    {
        HelpName = "file",
        Description = "A model.zip or model.onnx.",
        Required = true,
    };
    private static readonly Option<string> Data = new("--data")
    {
        HelpName = "folder|file",
        Description = LabeledData.Description,
        Required = true,
    };
    private static readonly Option<int> MaxSkipped = ScoringOptions.MaxSkipped(100);
    private static readonly Option<bool> Fast = ScoringOptions.Fast();
    private static readonly Option<bool> IgnoreOrientation = ScoringOptions.IgnoreOrientation();
    private static readonly Option<ComputeDevice> Device = DeviceOption.Scoring();
    private static readonly Option<int?> BatchSize = ScoringOptions.BatchSize();
    private static readonly Option<string?> Report = new("--report")
    {
        HelpName = "file",
        Description = "Write a report to this .html file, too.",
    };
    private static readonly Option<double?> MinFamiliarity = ScoringOptions.MinFamiliarity();
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON." };

    public static Command Create()
    {
        var command = new Command("evaluate", "Scores a labelled folder of images.")
        {
            Model, Data, MaxSkipped, Fast, IgnoreOrientation, Device, BatchSize, MinFamiliarity, Report, Json,
        };
        command.SetAction(Task<int> (parsed, cancellationToken) => Task.Run(() => Run(parsed, cancellationToken), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var maxSkipped = ScoringOptions.ReadMaxSkipped(parsed, MaxSkipped);
        if (parsed.GetValue(Report) is { } asked)
        {
            OutputPlace.ThrowIfAmongImages(asked, parsed.GetValue(Data));
            ReportWriter.ThrowUnlessWritable(asked);
        }

        var images = LabeledData.ReadToMeasure(parsed.GetValue(Data)!);
        using var classifier = ImageClassifier.Load(
            parsed.GetValue(Model)!,
            ScoringOptions.Read(
                parsed.GetValue(Device), parsed.GetValue(BatchSize), parsed.GetValue(Fast), parsed.GetValue(IgnoreOrientation)) with
            {
                MinFamiliarity = parsed.GetValue(MinFamiliarity),
                Outputs = parsed.GetValue(Report) is null ? ModelOutputs.None : null,     // a report shows more than scores
            });
        var metrics = classifier.Evaluate(images, maxSkipped, cancellationToken);
        Terminal.ListSkipped(metrics.Skipped);
        if (parsed.GetValue(Report) is { } report)
        {
            var name = OutputPlace.NameOf(report);
            EvaluationReportFile.Write(
                report, LabeledData.NameOf(parsed.GetValue(Data)!), classifier, images, metrics, Settings(parsed), cancellationToken);
            Notes.Write(name);
        }

        if (parsed.GetValue(Json))
        {
            Terminal.WriteJson(new
            {
                metrics.Images,
                Skipped = metrics.Skipped.Count,
                metrics.Refused,
                metrics.MicroAccuracy,
                metrics.MacroAccuracy,
                metrics.LogLoss,
                metrics.ImagesPerSecond,
                metrics.ExpectedCalibrationError,
                metrics.PerClass,
                metrics.Labels,
                ConfusionMatrix = metrics.ConfusionMatrix.Select(row => new MatrixRow(row)),
            });
        }
        else
        {
            Show(metrics, parsed.GetValue(Data)!);
        }

        return 0;
    }

    private static KeyValuePair<string, string>[] Settings(ParseResult parsed) =>
    [
        new("Model", parsed.GetValue(Model)!),
        new("Data", parsed.GetValue(Data)!),
        new("Pixels", parsed.GetValue(Fast) ? "fast" : "exact"),
        new("IgnoreOrientation", parsed.GetValue(IgnoreOrientation).ToString()),
        new("MinFamiliarity", parsed.GetValue(MinFamiliarity)?.ToString(CultureInfo.InvariantCulture) ?? "not given"),
    ];

    private static void Show(ImageClassificationMetrics metrics, string folder)
    {
        Terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Counted.Of(metrics.Images, "image")}, {metrics.Skipped.Count} skipped, {metrics.Refused} refused, " +
            $"{metrics.ImagesPerSecond:0} images/s"));
        Terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"micro-accuracy {metrics.MicroAccuracy:0.0000}, macro-accuracy {metrics.MacroAccuracy:0.0000}, log loss " +
            $"{metrics.LogLoss:0.0000}"));
        Terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"expected calibration error {metrics.ExpectedCalibrationError:0.0000}"));
        ConfusionReport.Write(Terminal.Output, metrics, folder);
    }
}
