using System.CommandLine;
using Microsoft.ML;
using MLNetExtensions;
using Trainers;

namespace Cli;

/// <summary><c>mlvision train</c>: a folder of images in, a model out.</summary>
internal static class TrainCommand
{
    private static readonly ImageClassifierOptions Defaults = new();

    private static readonly Option<string> Data = new("--data") { Description = "Folder with one sub-folder of images per class.", Required = true };
    private static readonly Option<string> Architecture = new("--arch") { Description = "Architecture; see 'models'.", Required = true };
    private static readonly Option<string> Out = new("--out") { Description = "Folder that the model is written to.", Required = true };
    private static readonly Option<string?> Validation = new("--validation") { Description = "Folder of validation images; without it a tenth of the data is held out." };
    private static readonly Option<bool> ReplaceHead = new("--replace-head") { Description = "Draw the last layer anew even where that of --weights has the right size." };
    private static readonly Option<string?> FineTune = new("--fine-tune") { Description = "none, head or two-phase; without it two-phase where --weights are given." };
    private static readonly Option<int> HeadEpochs = Number("--head-epochs", "Times that every image's features are seen in the first of two phases.", Defaults.HeadEpochs);
    private static readonly Option<int> Epochs = Number("--epochs", "Times that every image is seen.", Defaults.Epochs);
    private static readonly Option<int> BatchSize = Number("--batch-size", "Images per step.", Defaults.BatchSize);
    private static readonly Option<int?> ImageSize = new("--image-size") { Description = "Width and height in pixels; without it the architecture's own." };
    private static readonly Option<int?> PixelMemory = new("--pixel-memory") { Description = "Megabytes of pixels kept in memory, the rest goes to a temporary file; without it a quarter of the memory." };
    private static readonly Option<string?> Weights = new("--weights") { Description = "Weights to start from: a file, or the name of published ones; without it random ones." };
    private static readonly Option<double?> LearningRate = new("--learning-rate") { Description = "Largest learning rate; without it the architecture's own." };
    private static readonly Option<int> Seed = Number("--seed", "Decides everything that is drawn.", Defaults.Seed);
    private static readonly Option<bool> Resume = new("--resume") { Description = "Go on from the checkpoint in --out where an earlier run was cut off." };
    private static readonly Option<int> MaxSkipped = Number("--max-skipped", "Unreadable images that are skipped and listed; one more is an error.", Defaults.MaxSkippedImages);

    public static Command Create()
    {
        var command = new Command("train", "Trains a classifier on a folder of images; writes model.zip, model.onnx, weights.safetensors, metrics.json and metrics.csv.")
        {
            Data, Architecture, Out, Validation, Weights, ReplaceHead, FineTune, HeadEpochs, Epochs, BatchSize, ImageSize, LearningRate, Seed, ComputeOptions.Precision,
            ComputeOptions.Device, ComputeOptions.Threads, PixelMemory, MaxSkipped, Resume,
        };
        command.SetAction((parsed, cancellationToken) => Task.FromResult(Run(parsed, cancellationToken)));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var ml = new MLContext(parsed.GetValue(Seed));
        var images = ml.Data.LoadImageFolder(parsed.GetValue(Data)!);
        var validation = parsed.GetValue(Validation) is { } folder ? ml.Data.LoadImageFolder(folder) : null;
        var output = OutputFolder.Create(parsed.GetValue(Out)!);
        var checkpoint = Path.Combine(parsed.GetValue(Out)!, "checkpoint.safetensors");
        if (File.Exists(checkpoint) && !parsed.GetValue(Resume))
        {
            Console.Error.WriteLine($"'{checkpoint}' is of a run that was cut off; it is replaced after the first epoch. With --resume the run goes on instead.");
        }

        var started = DateTime.UtcNow;
        try
        {
            Train(parsed, ml, images, validation, output, checkpoint, cancellationToken);
        }
        catch (OperationCanceledException) when (File.Exists(checkpoint) && (parsed.GetValue(Resume) || File.GetLastWriteTimeUtc(checkpoint) >= started))
        {
            return Terminal.Refuse("Cancelled. The same command with --resume goes on behind the last epoch that ended.", Terminal.Cancelled);
        }

        File.Delete(checkpoint);
        return 0;
    }

    private static void Train(
        ParseResult parsed, MLContext ml, IDataView images, IDataView? validation, OutputFolder output, string checkpoint, CancellationToken cancellationToken)
    {
        using var progress = new TrainingProgressBar(Terminal.Notes);
        var estimator = ml.Transforms.ImageClassifier(parsed.GetValue(Architecture)!, new ImageClassifierOptions
        {
            Weights = parsed.GetValue(Weights),
            CheckpointPath = checkpoint,
            Resume = parsed.GetValue(Resume),
            ReplaceHead = parsed.GetValue(ReplaceHead),
            FineTuning = ReadFineTuning(parsed.GetValue(FineTune)),
            HeadEpochs = parsed.GetValue(HeadEpochs),
            Epochs = parsed.GetValue(Epochs),
            BatchSize = parsed.GetValue(BatchSize),
            ImageSize = parsed.GetValue(ImageSize),
            PixelMemoryMegabytes = parsed.GetValue(PixelMemory),
            LearningRate = parsed.GetValue(LearningRate),
            Seed = parsed.GetValue(Seed),
            Precision = ComputeOptions.ReadPrecision(parsed),
            Device = parsed.GetValue(ComputeOptions.Device)!,
            Threads = parsed.GetValue(ComputeOptions.Threads),
            MaxSkippedImages = parsed.GetValue(MaxSkipped),
            Progress = progress,
            DownloadProgress = progress,
            Logger = progress,
            CancellationToken = cancellationToken,
        });

        var labels = ml.Transforms.Conversion.MapValueToKey("Label").Fit(images);
        var loader = ml.Transforms.LoadImages("Image", imageFolder: "", "ImagePath").Fit(images);
        IDataView Prepare(IDataView view) => loader.Transform(labels.Transform(view));
        using var classifier = estimator.Fit(Prepare(images), validation is null ? null : Prepare(validation));
        progress.Dispose();

        var toText = ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(classifier.Transform(loader.Transform(images)));
        var model = new Microsoft.ML.Data.TransformerChain<ITransformer>(loader, classifier, toText);
        output.Write("model.zip", path => AtomicFile.Write(path, stream => ml.Model.Save(model, ImagePaths(ml), stream)));
        output.Write("model.onnx", classifier.SaveOnnx);
        output.Write("weights.safetensors", classifier.SaveWeights);
        output.Write("metrics.json", classifier.SaveMetrics);
        output.Write("metrics.csv", classifier.SaveHistory);
    }

    /// <summary>The phases of a training by their name on the command line.</summary>
    /// <exception cref="ImageClassificationException">The name is none.</exception>
    public static FineTuning? ReadFineTuning(string? name) => name switch
    {
        null => null,
        "none" => FineTuning.None,
        "head" => FineTuning.HeadOnly,
        "two-phase" => FineTuning.TwoPhase,
        _ => throw new ImageClassificationException($"--fine-tune is '{name}'; expected none, head or two-phase."),
    };

    /// <summary>The schema of what the model takes: a path and nothing else.</summary>
    private static DataViewSchema ImagePaths(MLContext ml)
    {
        var view = ml.Data.LoadFromEnumerable(Array.Empty<LabeledImage>());
        return ml.Transforms.SelectColumns(nameof(LabeledImage.ImagePath)).Fit(view).Transform(view).Schema;
    }

    private static Option<int> Number(string name, string description, int fallback) =>
        new(name) { Description = description, DefaultValueFactory = _ => fallback };
}
