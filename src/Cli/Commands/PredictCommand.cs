using System.CommandLine;
using System.Globalization;
using MLVision.Cli.Options;
using MLVision.Cli.Output;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Folders;
using MLVision.MLNetExtensions.Scoring;
using MLVision.MLNetExtensions.Scoring.Results;
using Spectre.Console;

namespace MLVision.Cli.Commands;

/// <summary><c>mlvision predict</c>: labels images.</summary>
internal static class PredictCommand
{
    private static readonly Option<string> Model = new("--model") { Description = "A model.zip or model.onnx.", Required = true };
    private static readonly Option<int> MaxSkipped = ScoringOptions.MaxSkipped(0);
    private static readonly Option<bool> Fast = ScoringOptions.Fast();
    private static readonly Option<bool> IgnoreOrientation = ScoringOptions.IgnoreOrientation();
    private static readonly Option<ComputeDevice> Device = DeviceOption.Scoring();
    private static readonly Option<int?> BatchSize = ScoringOptions.BatchSize();
    private static readonly Option<string?> Explain = new("--explain")
    {
        Description = "Draw which parts of each image speak for its label, to a PNG in this folder.",
    };
    private static readonly Option<double?> MinFamiliarity = ScoringOptions.MinFamiliarity();
    private static readonly Option<bool> Json = new("--json") { Description = "Print a JSON array." };
    private static readonly Argument<string[]> Images = new("image")
    {
        Description = "Image files, folders of such, or patterns like 'roses/*.jpg'.",
        Arity = ArgumentArity.OneOrMore,
    };

    public static Command Create()
    {
        var command = new Command("predict", "Labels images.")
        {
            Model, MaxSkipped, Fast, IgnoreOrientation, Device, BatchSize, MinFamiliarity, Explain, Json, Images,
        };
        command.SetAction(Task<int> (parsed, cancellationToken) => Task.Run(() => Run(parsed, cancellationToken), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var maxSkipped = ScoringOptions.ReadMaxSkipped(parsed, MaxSkipped);
        var images = parsed.GetValue(Images)!.SelectMany(name => ImageFolder.Find(name, new NotesLogger())).ToList();
        var pictures = Pictures(parsed, images);
        using var classifier = ImageClassifier.Load(
            parsed.GetValue(Model)!,
            ScoringOptions.Read(
                parsed.GetValue(Device), parsed.GetValue(BatchSize), parsed.GetValue(Fast), parsed.GetValue(IgnoreOrientation)) with
            {
                MinFamiliarity = parsed.GetValue(MinFamiliarity),
            });
        var results = classifier.PredictMany(images.Select(ImageSource.FromFile), cancellationToken)
            .ToLookup(result => result.Error is null);
        var (predictions, skipped) = (results[true].ToList(), results[false]
            .Select(result => new SkippedImage(result.Image!, result.Error!)).ToList());
        if (pictures is not null)
        {
            foreach (var prediction in predictions)
            {
                Console.Error.WriteLine(pictures.Write(classifier.Explain(prediction.Image!, cancellationToken)));
            }
        }

        if (parsed.GetValue(Json))
        {
            Terminal.WriteJson(predictions.Select(prediction => PredictedLine.Of(prediction, classifier.Labels)));
        }
        else if (predictions.Count > 0)
        {
            Show(predictions);
        }

        Terminal.ListSkipped(skipped);
        return skipped.Count <= maxSkipped ? 0 : Terminal.BadInput;
    }

    /// <summary>Where the pictures go; tried before the model is loaded. Null if there are none.</summary>
    private static ExplanationFiles? Pictures(ParseResult parsed, IReadOnlyList<string> images)
    {
        if (parsed.GetValue(Explain) is not { } folder)
        {
            return null;
        }

        OutputPlace.ThrowIfAmongImages(folder, parsed.GetValue(Images)!);
        OutputFolder.Create(folder);
        return new ExplanationFiles(folder, images);
    }

    private static void Show(List<ImagePrediction> predictions)
    {
        var table = new Table().AddColumns("Image", "Label").AddColumn(new TableColumn("Probability").RightAligned());
        foreach (var prediction in predictions)
        {
            table.AddRow(
                Markup.Escape(prediction.Image!), Markup.Escape(prediction.Label ?? "none of these"),
                prediction.Probability.ToString("0.0000", CultureInfo.InvariantCulture));
        }

        Terminal.Output.Write(table);
        foreach (var refused in predictions.Where(prediction => prediction.Refusal is not null))
        {
            Console.Error.WriteLine($"Refused {refused.Image}: {refused.Refusal}");
        }
    }
}
