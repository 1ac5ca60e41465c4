using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.ML;
using MLVision.Cli.Options;
using MLVision.Cli.Output;
using MLVision.Cli.Output.Curves;
using MLVision.Cli.Output.Live;
using MLVision.Cli.Runs;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Images;
using MLVision.Reports.Contents;
using MLVision.Trainers.Options;
using MLVision.Trainers.Training.Results;

namespace MLVision.Cli.Commands;

/// <summary><c>mlvision train</c>: a folder of images in, a model out.</summary>
internal static class TrainCommand
{
    private static readonly Option<string> Data = new("--data")
    {
        HelpName = "folder|file",
        Description = LabeledData.Description,
        Required = true,
    };
    private static readonly Option<string?> Architecture = ArchitectureOption.Training();
    private static readonly Option<string> Out = new("--out")
    {
        HelpName = "folder",
        Description = "Folder that the model is written to.",
        Required = true,
    };
    private static readonly Option<string?> Validation = new("--validation")
    {
        HelpName = "folder|file",
        Description = "Folder or manifest of validation images; without it the manifest's split, or a tenth of the data, is held out.",
    };
    private static readonly Option<bool> Resume = new("--resume")
    {
        Description = "Go on from the checkpoint that an interrupted training left in --out.",
    };

    private static readonly Option<bool> Overwrite = new("--overwrite")
    {
        Description = "Replace the model, or the checkpoint of an interrupted training, that --out holds.",
    };

    private static readonly Option<string?> TensorBoard = new("--tensorboard")
    {
        Description = "Write the epochs' figures to this folder, too, as curves for TensorBoard.",
        HelpName = "folder",
    };

    private static readonly Option<bool> NoReport = new("--no-report") { Description = "Write no report.html." };

    public static Command Create()
    {
        var command = new Command(
            "train", "Trains a classifier on a folder of images; writes model.zip, model.onnx, weights.safetensors, " +
            "classes.safetensors, metrics.json, metrics.csv, run.json and report.html.")
        {
            Data, Architecture, Out, Validation, ConfigurationFile.Option, Resume, Overwrite, NoReport, TensorBoard,
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
        OutputPlace.ThrowIfAmongImages(parsed.GetValue(Out)!, parsed.GetValue(Data), parsed.GetValue(Validation));
        using var output = TrainingFolder.Open(parsed.GetValue(Out)!, parsed.GetValue(Resume), parsed.GetValue(Overwrite));
        using var curves = OpenCurves(parsed);
        var (images, validation) = LabeledData.ReadToTrain(parsed.GetValue(Data)!, parsed.GetValue(Validation), cancellationToken);
        var started = DateTime.UtcNow;
        using var progress = new LiveTraining(Terminal.Notes, images.Count);
        try
        {
            Train(parsed, images, validation, output, progress, options with
            {
                CheckpointPath = output.Checkpoint,
                Resume = parsed.GetValue(Resume),
                Progress = progress,
                EpochProgress = curves is null ? progress : new Receivers<EpochSummary>(progress, curves),
                DownloadProgress = progress,
                Logger = progress,
                CancellationToken = cancellationToken,
            });
        }
        catch (OperationCanceledException) when (File.Exists(output.Checkpoint)
            && (parsed.GetValue(Resume) || File.GetLastWriteTimeUtc(output.Checkpoint) >= started))
        {
            progress.Dispose();
            return Terminal.Refuse(
                $"Cancelled. The same command with --resume continues after {progress.LastEpoch ?? "the last complete epoch"}.",
                Terminal.Cancelled);
        }

        output.Complete();
        return 0;
    }

    /// <summary>The folder of curves, where one is asked for.</summary>
    private static LearningCurves? OpenCurves(ParseResult parsed)
    {
        if (parsed.GetValue(TensorBoard) is not { } folder)
        {
            return null;
        }

        OutputPlace.ThrowIfAmongImages(folder, parsed.GetValue(Data), parsed.GetValue(Validation));
        return LearningCurves.Open(folder, parsed.GetValue(Resume) || parsed.GetValue(Overwrite));
    }

    private static void Train(
        ParseResult parsed, IReadOnlyList<LabeledImage> images, IReadOnlyList<LabeledImage>? validation, TrainingFolder output,
        LiveTraining progress, ImageTrainingOptions options)
    {
        var (ml, started, watch) = (new MLContext(options.Seed), DateTime.UtcNow, Stopwatch.StartNew());
        var estimator = ArchitectureOption.Estimator(ml, parsed.GetValue(Architecture), options);

        var rows = ml.Data.LoadFromEnumerable(images);
        var labels = ml.Transforms.Conversion.MapValueToKey("Label").Fit(rows);
        var loader = ml.Transforms.LoadImages("Image", imageFolder: "", "ImagePath").Fit(rows);
        IDataView Prepare(IReadOnlyList<LabeledImage> some) => loader.Transform(labels.Transform(ml.Data.LoadFromEnumerable(some)));
        using var classifier = estimator.Fit(Prepare(images), validation is null ? null : Prepare(validation));
        progress.Dispose();

        var trained = new TrainedModel
        {
            Classifier = classifier,
            OnnxFile = output.PathOf("model.onnx"),
            Options = options,
            DataName = LabeledData.NameOf(parsed.GetValue(Data)!),
            Images = images,
            Validation = validation,
            Data = DataSetFacts.Measure(images, classifier.Training.HeldOutRows, cancellationToken: options.CancellationToken),
            Started = started,
            Time = parsed.GetValue(Resume) ? null : watch.Elapsed,
        };
        var toText = ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(classifier.Transform(loader.Transform(rows)));
        var model = new Microsoft.ML.Data.TransformerChain<ITransformer>(loader, classifier, toText);
        output.Write("model.zip", path => SaveZip(ml, model, path));
        output.Write("model.onnx", classifier.SaveOnnx);
        output.Write("weights.safetensors", classifier.SaveWeights);
        if (options.RememberedImages > 0)
        {
            output.Write("classes.safetensors", classifier.SaveClassMemory);
        }

        output.Write("metrics.json", classifier.SaveMetrics);
        output.Write("metrics.csv", classifier.SaveHistory);
        output.Write(RunFile.Name, path => RunFile.Write(path, Repeating(parsed), trained));
        if (!parsed.GetValue(NoReport))
        {
            WriteReport(output, trained, options.CancellationToken);
        }
    }

    private static void SaveZip(MLContext ml, ITransformer model, string path)
    {
        using var saved = new FileStream(
            Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        ml.Model.Save(model, ImagePaths(ml), saved);
        AtomicFile.Write(path, stream =>
        {
            try
            {
                RepeatableArchive.Copy(saved, stream);
            }
            catch (InvalidDataException)
            {
                // Such as one of more than 4 GB: the model is worth more than that its file can be repeated.
                stream.SetLength(0);
                saved.Position = 0;
                saved.CopyTo(stream);
            }
        });
    }

    /// <summary>The flags that repeat a training: those given, and the seed.</summary>
    private static JsonObject Repeating(ParseResult parsed) => RunOptions.Of(
        parsed, [Data, Validation, .. TrainingFlags.Paths], [Out, Resume, Overwrite, TensorBoard, ConfigurationFile.Option],
        TrainingFlags.Seed);

    /// <summary>The model is saved by now, and no fault of a report must make its training a failure.</summary>
    private static void WriteReport(TrainingFolder output, TrainedModel model, CancellationToken cancellationToken)
    {
        try
        {
            output.Write(TrainingReportFile.Name, path => TrainingReportFile.Write(path, model, cancellationToken));
        }
        catch (Exception e)
        {
            Terminal.Say($"The model is saved, but {TrainingReportFile.Name} could not be written: {e.Message.Split('\n')[0]}");
        }
    }

    /// <summary>The schema of what the model takes: a path and nothing else.</summary>
    private static DataViewSchema ImagePaths(MLContext ml)
    {
        var view = ml.Data.LoadFromEnumerable(Array.Empty<LabeledImage>());
        return ml.Transforms.SelectColumns(nameof(LabeledImage.ImagePath)).Fit(view).Transform(view).Schema;
    }
}
