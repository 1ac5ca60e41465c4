using System.CommandLine;
using MLVision.Cli.Options;
using MLVision.Cli.Output;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Scoring;

namespace MLVision.Cli.Commands;

/// <summary><c>mlvision predict</c>: labels images.</summary>
internal static class PredictCommand
{
    private static readonly Option<string> Model = new("--model")
    {
        HelpName = "file",
        Description = "A model.zip or model.onnx.",
        Required = true,
    };
    private static readonly Option<int?> Top = NumberOption.Whole(
        "--top", "Most probable classes that are shown of each image; without it one in tables, and all in JSON.");
    private static readonly Option<bool> Csv = new("--csv") { Description = "Print CSV: image, label and probability, rank by rank." };
    private static readonly Option<int> MaxSkipped = ScoringOptions.MaxSkipped(0);
    private static readonly Option<bool> Fast = ScoringOptions.Fast();
    private static readonly Option<bool> IgnoreOrientation = ScoringOptions.IgnoreOrientation();
    private static readonly Option<ComputeDevice> Device = DeviceOption.Scoring();
    private static readonly Option<int?> BatchSize = ScoringOptions.BatchSize();
    private static readonly Option<string?> Explain = new("--explain")
    {
        HelpName = "folder",
        Description = "Draw which parts of each image speak for its label, to a PNG in this folder.",
    };
    private static readonly Option<double?> MinFamiliarity = ScoringOptions.MinFamiliarity();
    private static readonly Option<bool> Json = new("--json") { Description = "Print a JSON array." };
    private static readonly Argument<string[]> Images = new("image")
    {
        Description = "Image files, folders of such, patterns like 'roses/*.jpg', or - for an image on standard input.",
        Arity = ArgumentArity.OneOrMore,
    };

    public static Command Create()
    {
        var command = new Command("predict", "Labels images.")
        {
            Images, Model, Top, Json, Csv, Explain, MinFamiliarity, MaxSkipped, Fast, IgnoreOrientation, Device, BatchSize,
        };
        command.SetAction(Task<int> (parsed, cancellationToken) => Task.Run(() => Run(parsed, cancellationToken), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var maxSkipped = ScoringOptions.ReadMaxSkipped(parsed, MaxSkipped);
        var top = parsed.GetValue(Top);
        OptionOutOfRangeException.ThrowUnless(top is null or >= 1, "Top", top, "at least 1");
        if (parsed.GetValue(Json) && parsed.GetValue(Csv))
        {
            throw new ImageClassificationException("--json and --csv are two forms of one result: give one of them.");
        }

        var images = GivenImages.Find(parsed.GetValue(Images)!, Console.OpenStandardInput);
        var pictures = Pictures(parsed, [.. images.Select(image => image.Name!)]);
        using var classifier = ImageClassifier.Load(
            parsed.GetValue(Model)!,
            ScoringOptions.Read(
                parsed.GetValue(Device), parsed.GetValue(BatchSize), parsed.GetValue(Fast), parsed.GetValue(IgnoreOrientation)) with
            {
                MinFamiliarity = parsed.GetValue(MinFamiliarity),
            });
        var results = images.Zip(classifier.PredictMany(images, cancellationToken)).ToLookup(pair => pair.Second.Error is null);
        var (predictions, skipped) = (results[true].ToList(), results[false]
            .Select(pair => new SkippedImage(pair.Second.Image!, pair.Second.Error!)).ToList());
        if (pictures is not null)
        {
            foreach (var (image, _) in predictions)
            {
                Terminal.Say(pictures.Write(classifier.Explain(image, cancellationToken)));
            }
        }

        var lines = predictions.Select(
            pair => PredictedLine.Of(pair.Second, classifier.Labels, top ?? (parsed.GetValue(Json) ? null : 1))).ToList();
        if (parsed.GetValue(Json))
        {
            Terminal.WriteJson(lines);
        }
        else if (parsed.GetValue(Csv))
        {
            PredictedText.WriteCsv(Console.Out, lines, isForPeople: !Console.IsOutputRedirected);
        }
        else if (lines.Count > 0)
        {
            PredictedText.WriteTable(Terminal.Output, lines);
        }

        foreach (var refused in lines.Where(line => line.Refusal is not null))
        {
            Terminal.Say($"Refused {refused.Image}: {refused.Refusal}");
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
}
