using System.CommandLine;
using System.Globalization;
using MLVision.Cli.Options;
using MLVision.Cli.Output;
using MLVision.Cli.Output.Tables;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Folders;
using MLVision.MLNetExtensions.Quantization;
using MLVision.MLNetExtensions.Quantization.Calibration;
using Spectre.Console;

namespace MLVision.Cli.Commands;

/// <summary><c>mlvision quantize</c>: a smaller and faster model that keeps its accuracy.</summary>
internal static class QuantizeCommand
{
    private static readonly QuantizationOptions Defaults = new();

    private static readonly Option<string> Model = new("--model")
    {
        HelpName = "file",
        Description = "A float model.onnx, or a model.zip.",
        Required = true,
    };
    private static readonly Option<string?> Data = new("--data")
    {
        HelpName = "folder|file",
        Description = "Folder with one sub-folder of images per class, or a manifest, to find ranges and to measure accuracy on; needed "
            + "for int8. With --no-gate any folder of images.",
    };

    private static readonly Option<double> MaxDrop = NumberOption.Real(
        "--max-drop", "Percentage points of accuracy that may be lost.", Defaults.MaxDropPoints);

    private static readonly Option<bool> NoGate = new("--no-gate")
    {
        Description = "Only measure the drop, if images are labelled: put no layer back to float, and refuse no model.",
    };

    private static readonly Option<CalibrationMethod> Calibration = Choice.Of(
        "--calibration", "How the ranges of activations are found; minmax where not given.",
        ("minmax", CalibrationMethod.MinMax), ("percentile", CalibrationMethod.Percentile), ("entropy", CalibrationMethod.Entropy));
    private static readonly Option<double> Percentile = NumberOption.Real(
        "--percentile", "Percent of the values that the ranges of '--calibration percentile' hold.", Defaults.Percentile);

    private static readonly Option<int> CalibrationImages = NumberOption.Whole(
        "--calibration-images", "Images that ranges are found on, taken evenly from the classes.", Defaults.CalibrationImages);

    private static readonly Option<string?> WeightsOnly = Choice.Of<string?>(
        "--weights-only",
        "Half precision in place of int8: half the size, for a GPU; needs no images.", ("fp16", "fp16"));
    private static readonly Option<bool> IgnoreOrientation = ScoringOptions.IgnoreOrientation();
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON." };
    private static readonly Option<bool> Overwrite = OverwriteOption.Create();
    private static readonly Option<string> Out = new("--out")
    {
        HelpName = "file",
        Description = "The ONNX file to write.",
        Required = true,
    };

    public static Command Create()
    {
        var command = new Command(
            "quantize", "Makes a model int8, and puts layers back to float until it keeps its accuracy on a labelled folder; or fp16.")
        {
            Model, Data, MaxDrop, NoGate, Calibration, Percentile, CalibrationImages, WeightsOnly, IgnoreOrientation, Json, Out, Overwrite,
        };
        command.SetAction(Task<int> (parsed, cancellationToken) => Task.Run(() => Run(parsed, cancellationToken), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (model, path, weightsOnly) = (parsed.GetValue(Model)!, parsed.GetValue(Out)!, parsed.GetValue(WeightsOnly) is not null);
        var data = parsed.GetValue(Data);
        if (data is null && !weightsOnly)
        {
            throw new ImageClassificationException(
                "int8 needs --data, a folder with one sub-folder of images per class or a manifest, or with --no-gate any folder of "
                + "images; without images only --weights-only fp16 can be done.");
        }

        OutputPlace.ThrowIfAmongImages(path, data);
        OutputPlace.ThrowIfTaken(path, parsed.GetValue(Overwrite));
        var options = new QuantizationOptions
        {
            MaxDropPoints = parsed.GetValue(MaxDrop),
            Gate = !parsed.GetValue(NoGate),
            Calibration = parsed.GetValue(Calibration),
            Percentile = parsed.GetValue(Percentile),
            CalibrationImages = parsed.GetValue(CalibrationImages),
            IgnoreOrientation = parsed.GetValue(IgnoreOrientation),
            Logger = new NotesLogger(),
        };
        var images = data is null ? null : ReadImages(data, options);
        var result = weightsOnly
            ? ImageClassifierQuantizer.HalveWeights(model, path, images, options, cancellationToken)
            : ImageClassifierQuantizer.Quantize(model, images!, path, options, cancellationToken);
        Terminal.ListSkipped(result.Skipped);
        if (parsed.GetValue(Json))
        {
            Terminal.WriteJson(new
            {
                result.SizeBefore,
                result.SizeAfter,
                result.MicroAccuracyBefore,
                result.MicroAccuracyAfter,
                result.FloatLayers,
            });
        }
        else
        {
            Show(result, path);
        }

        return 0;
    }

    /// <summary>The images with their classes; without the gate, images of a folder that is not laid out by class will do, too.</summary>
    private static IReadOnlyList<LabeledImage> ReadImages(string folder, QuantizationOptions options)
    {
        try
        {
            return LabeledData.ReadToMeasure(folder);
        }
        catch (ImageDataException e) when (Directory.Exists(folder))
        {
            if (options.Gate)
            {
                throw new ImageDataException($"{e.Message} With --no-gate any folder of images can be used.", e);
            }

            LabeledImage[] images = [.. ImageFolder.ListFiles(folder).Select(path => new LabeledImage { ImagePath = path })];
            Terminal.Say($"The images are used without their classes, because the folder is not laid out by class: {e.Message}");
            return images;
        }
    }

    private static void Show(QuantizationResult result, string path)
    {
        var table = new ResultTable().Text("").Figure("before").Figure("after");
        table.Add("size, MB", Number(result.SizeBefore / 1e6, "0.00"), Number(result.SizeAfter / 1e6, "0.00"));
        if (result is { MicroAccuracyBefore: { } before, MicroAccuracyAfter: { } after })
        {
            table.Add($"micro-accuracy on {Counted.Of(result.Images, "image")}", Number(before, "0.0000"), Number(after, "0.0000"));
        }

        table.Write(Terminal.Output);
        if (result.FloatLayers.Count > 0)
        {
            var names = string.Join(", ", result.FloatLayers);
            Terminal.Output.WriteLine($"{result.FloatLayers.Count} of {Counted.Of(result.Layers, "layer")} stayed float: {names}");
        }

        Terminal.Output.WriteLine(path);
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
