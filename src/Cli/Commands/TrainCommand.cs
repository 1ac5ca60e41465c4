using System.CommandLine;
using System.Diagnostics;
using Microsoft.ML;
using MLVision.Cli.Options;
using MLVision.Cli.Output;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Images;
using MLVision.Trainers.Options;

namespace MLVision.Cli.Commands;

/// <summary><c>mlvision train</c>: a folder of images in, a model out.</summary>
internal static class TrainCommand
{
    private static readonly Option<string> Data = new("--data")
    {
        Description = "Folder with one sub-folder of images per class.",
        Required = true,
    };
    private static readonly Option<string?> Architecture = ArchitectureOption.Training();
    private static readonly Option<string> Out = new("--out") { Description = "Folder that the model is written to.", Required = true };
    private static readonly Option<string?> Validation = new("--validation")
    {
        Description = "Folder of validation images; without it a tenth of the data is held out.",
    };
    private static readonly Option<bool> Resume = new("--resume")
    {
        Description = "Resume from the checkpoint in --out if an earlier run was interrupted.",
    };

    private static readonly Option<bool> NoReport = new("--no-report") { Description = "Write no report.html." };

    public static Command Create()
    {
        var command = new Command(
            "train", "Trains a classifier on a folder of images; writes model.zip, model.onnx, weights.safetensors, " +
            "classes.safetensors, metrics.json, metrics.csv and report.html.")
        {
            Data, Architecture, Out, Validation, Resume, NoReport,
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
        var options = TrainingFlags.Read(parsed);
        var ml = new MLContext(options.Seed);
        OutputPlace.ThrowIfAmongImages(parsed.GetValue(Out)!, parsed.GetValue(Data), parsed.GetValue(Validation));
        var images = LabeledFolder.Read(parsed.GetValue(Data)!, LabeledFolder.TrainingOptions);
        var validation = parsed.GetValue(Validation) is { } validationFolder
            ? LabeledFolder.Read(validationFolder, LabeledFolder.TrainingOptions) : null;
        var checkpoint = Path.Combine(parsed.GetValue(Out)!, "checkpoint.safetensors");
        if (options.AddClasses && !(parsed.GetValue(Resume) && File.Exists(checkpoint)))
        {
            OutputPlace.ThrowIfHoldsModel(parsed.GetValue(Out)!);
        }

        var output = OutputFolder.Create(parsed.GetValue(Out)!);
        if (File.Exists(checkpoint) && !parsed.GetValue(Resume))
        {
            Console.Error.WriteLine(
                $"'{checkpoint}' belongs to an interrupted run; it is replaced after the first epoch. With --resume that run continues " +
                "instead.");
        }

        var started = DateTime.UtcNow;
        try
        {
            Train(parsed, options, ml, images, validation, output, checkpoint, cancellationToken);
        }
        catch (OperationCanceledException) when (File.Exists(checkpoint)
            && (parsed.GetValue(Resume) || File.GetLastWriteTimeUtc(checkpoint) >= started))
        {
            return Terminal.Refuse(
                "Cancelled. The same command with --resume continues after the last complete epoch.", Terminal.Cancelled);
        }

        File.Delete(checkpoint);
        return 0;
    }

    private static void Train(
        ParseResult parsed, ImageTrainingOptions options, MLContext ml, IReadOnlyList<LabeledImage> images,
        IReadOnlyList<LabeledImage>? validation, OutputFolder output, string checkpoint, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        using var progress = new TrainingProgressBar(Terminal.Notes);
        var estimator = ArchitectureOption.Estimator(ml, parsed.GetValue(Architecture), options with
        {
            CheckpointPath = checkpoint,
            Resume = parsed.GetValue(Resume),
            Progress = progress,
            DownloadProgress = progress,
            Logger = progress,
            CancellationToken = cancellationToken,
        });

        var rows = ml.Data.LoadFromEnumerable(images);
        var labels = ml.Transforms.Conversion.MapValueToKey("Label").Fit(rows);
        var loader = ml.Transforms.LoadImages("Image", imageFolder: "", "ImagePath").Fit(rows);
        IDataView Prepare(IReadOnlyList<LabeledImage> some) => loader.Transform(labels.Transform(ml.Data.LoadFromEnumerable(some)));
        using var classifier = estimator.Fit(Prepare(images), validation is null ? null : Prepare(validation));
        progress.Dispose();

        var toText = ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(classifier.Transform(loader.Transform(rows)));
        var model = new Microsoft.ML.Data.TransformerChain<ITransformer>(loader, classifier, toText);
        output.Write("model.zip", path => AtomicFile.Write(path, stream => ml.Model.Save(model, ImagePaths(ml), stream)));
        output.Write("model.onnx", classifier.SaveOnnx);
        output.Write("weights.safetensors", classifier.SaveWeights);
        if (options.RememberedImages > 0)
        {
            output.Write("classes.safetensors", classifier.SaveClassMemory);
        }

        output.Write("metrics.json", classifier.SaveMetrics);
        output.Write("metrics.csv", classifier.SaveHistory);
        if (!parsed.GetValue(NoReport))
        {
            WriteReport(output, new TrainedModel
            {
                Classifier = classifier,
                OnnxFile = output.PathOf("model.onnx"),
                Options = options,
                DataName = LabeledFolder.NameOf(parsed.GetValue(Data)!),
                Images = images,
                Validation = validation,
                Time = parsed.GetValue(Resume) ? null : watch.Elapsed,
            }, cancellationToken);
        }
    }

    /// <summary>The model is saved by now, and no fault of a report must make its training a failure.</summary>
    private static void WriteReport(OutputFolder output, TrainedModel model, CancellationToken cancellationToken)
    {
        try
        {
            output.Write(TrainingReportFile.Name, path => TrainingReportFile.Write(path, model, cancellationToken));
        }
        catch (Exception e)
        {
            Console.Error.WriteLine($"The model is saved, but {TrainingReportFile.Name} could not be written: {e.Message.Split('\n')[0]}");
        }
    }

    /// <summary>The schema of what the model takes: a path and nothing else.</summary>
    private static DataViewSchema ImagePaths(MLContext ml)
    {
        var view = ml.Data.LoadFromEnumerable(Array.Empty<LabeledImage>());
        return ml.Transforms.SelectColumns(nameof(LabeledImage.ImagePath)).Fit(view).Transform(view).Schema;
    }
}
