using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using MLVision.Cli.Options;
using MLVision.Cli.Output;
using MLVision.Cli.Output.Live;
using MLVision.Cli.Output.Tables;
using MLVision.Cli.Scores;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Manifests;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring;

namespace MLVision.Cli.Commands;

/// <summary><c>mlvision score</c>: labels any number of images, row by row to a file, and goes on where it was interrupted.</summary>
internal static class ScoreCommand
{
    private static readonly Option<string?> Model = new("--model") { HelpName = "file", Description = "A model.zip or model.onnx." };
    private static readonly Option<string?> Data = new("--data")
    {
        HelpName = "folder|file",
        Description = "Folder of images, those in its sub-folders, too; or a manifest: a .csv or .jsonl with a column image.",
    };
    private static readonly Option<string> Out = new("--out")
    {
        HelpName = "file",
        Description = "File for the rows: .csv or .jsonl. What it is of stands beside it, in a .run.json.",
        Required = true,
    };
    private static readonly Option<string?> Part = new("--shard")
    {
        HelpName = "i/n",
        Description = "Score the rows of one shard: 0/4 to 3/4 for four; without it as SLURM, Open MPI or Kubernetes say, or all.",
    };
    private static readonly Option<bool> NoShard = new("--no-shard") { Description = "Score all rows, whatever a scheduler says." };
    private static readonly Option<bool> Merge = new("--merge") { Description = "Join the finished shards of --out to one file." };
    private static readonly Option<bool> Overwrite = new("--overwrite")
    {
        Description = "Begin anew, whatever --out holds; without it a finished file is kept, and an unfinished one completed.",
    };
    private static readonly Option<bool> Fast = ScoringOptions.Fast();
    private static readonly Option<bool> IgnoreOrientation = ScoringOptions.IgnoreOrientation();
    private static readonly Option<ComputeDevice> Device = DeviceOption.Scoring();
    private static readonly Option<int?> BatchSize = ScoringOptions.BatchSize();

    public static Command Create()
    {
        var command = new Command("score", "Labels many images: a row for each, in shards, and on from where it was interrupted.")
        {
            Model, Data, Out, Part, NoShard, Merge, Overwrite, Fast, IgnoreOrientation, Device, BatchSize,
        };
        command.SetAction(
            Task<int> (parsed, cancellationToken) => Task.Run(() => RunAsync(parsed, cancellationToken), CancellationToken.None));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = parsed.GetValue(Out)!;
        if (!ScoreLines.Endings.Contains(Path.GetExtension(output).ToLowerInvariant()) || Directory.Exists(output))
        {
            throw new ImageClassificationException($"--out is '{output}'; expected a file whose name ends in .csv or .jsonl.");
        }

        if (parsed.GetValue(Merge))
        {
            return Join(parsed, output, cancellationToken);
        }

        var (model, data) = (
            parsed.GetValue(Model) ?? throw Needed(Model, "a model.zip or model.onnx"),
            parsed.GetValue(Data) ?? throw Needed(Data, "a folder of images or a manifest"));
        ThrowIfAmongData(output, data);
        var shard = ShardOf(parsed);
        var file = shard?.FileOf(output) ?? output;
        ThrowUnlessWritable(file);
        using var classifier = ImageClassifier.Load(
            model, ScoringOptions.Read(
                parsed.GetValue(Device), parsed.GetValue(BatchSize), parsed.GetValue(Fast), parsed.GetValue(IgnoreOrientation)) with
            {
                Outputs = ModelOutputs.None,
            });
        var input = ScoreInput.Open(data, cancellationToken);
        var run = new ScoreRun
        {
            Version = UsedVersions.Product,
            Model = Path.GetFileName(model),
            ModelHash = HashOf(model),
            Data = LabeledData.NameOf(data),
            DataHash = input.Hash,
            Rows = input.Count,
            Shard = shard?.ToString(),
            Fast = parsed.GetValue(Fast),
            IgnoreOrientation = parsed.GetValue(IgnoreOrientation),
            Device = classifier.Device.ToString(),
        };
        if (!parsed.GetValue(Overwrite) && ScorePart.IsWhole(file, run))
        {
            Notes.Say($"{file} is whole and stays as it is.");
            return 0;
        }

        return await ScoreAsync(classifier, input, shard, file, run, parsed.GetValue(Overwrite), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<int> ScoreAsync(
        ImageClassifier classifier, ScoreInput input, Shard? shard, string file, ScoreRun run, bool overwrite,
        CancellationToken cancellationToken)
    {
        var (first, count) = shard?.RangeOf(input.Count) ?? (0, input.Count);
        var lines = ScoreLines.For(file, classifier.Labels, input.Carried);
        using var part = ScorePart.Open(file, run, lines, input.From(first, count), overwrite);
        var kept = part.Rows;
        if (kept > 0)
        {
            Notes.Say($"{Counted.Of(kept, "row")} of {count} {(kept == 1 ? "is" : "are")} there; going on behind.");
        }

        var (errors, watch) = (0, Stopwatch.StartNew());
        try
        {
            // The classifier reads a few batches ahead of its results, which come in the images' order.
            var ahead = new ConcurrentQueue<InputImage>();
            var sources = input.From(first + kept, count - kept).Select(image =>
            {
                ahead.Enqueue(image);
                return ImageSource.FromFile(image.Path);
            });
            using var bar = new CountingBar(Terminal.Notes, "scoring images", count);
            var log = new ScoreLog(kept, count);
            await foreach (var prediction in classifier.PredictManyAsync(sources.ToAsyncEnumerable(), cancellationToken)
                .ConfigureAwait(false))
            {
                ahead.TryDequeue(out var image);
                part.Add(lines.Of(image!, prediction));
                errors += prediction.Error is null ? 0 : 1;
                bar.Report(part.Rows);
                log.Tell(part.Rows);
            }
        }
        catch (OperationCanceledException)
        {
            return Terminal.Refuse(
                $"Cancelled. {Counted.Of(part.Rows, "row")} of {count} {(part.Rows == 1 ? "is" : "are")} kept in "
                + $"'{ScorePart.PartialOf(file)}'; the same command goes on behind.", Terminal.Cancelled);
        }

        part.Complete();
        var speed = ((count - kept) / Math.Max(watch.Elapsed.TotalSeconds, 1e-3)).ToString("0", CultureInfo.InvariantCulture);
        var before = kept > 0 ? $"{Counted.Of(count, "row")}; now " : "";
        Terminal.Print($"{file}: {before}{Counted.Of(count - kept, "image")}, {errors} with an error, {speed} images/s");
        if (errors > 0 && errors == count)
        {
            Terminal.Say($"None of the images could be read: are they where '{run.Data}' says? The errors stand in the rows.");
        }

        return 0;
    }

    private static int Join(ParseResult parsed, string output, CancellationToken cancellationToken)
    {
        Option[] others = [Model, Data, Part, NoShard, Fast, IgnoreOrientation, Device, BatchSize];
        if (others.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } needless)
        {
            throw new ImageClassificationException($"--merge joins shards that are there and scores nothing: leave {needless.Name} out.");
        }

        ThrowUnlessWritable(output);
        var parts = ScoreParts.Merge(output, parsed.GetValue(Overwrite), cancellationToken);
        Terminal.Print($"{output}: {Counted.Of(parts, "part")} joined");
        return 0;
    }

    /// <summary>The shard that is asked for, or that a scheduler gives; null for all rows.</summary>
    private static Shard? ShardOf(ParseResult parsed)
    {
        if (parsed.GetValue(Part) is { } given)
        {
            return parsed.GetValue(NoShard)
                ? throw new ImageClassificationException("--shard and --no-shard are opposites: give one of them.") : Shard.Parse(given);
        }

        if (parsed.GetValue(NoShard) || ShardVariables.Read(Environment.GetEnvironmentVariable) is not var (shard, source))
        {
            return null;
        }

        Notes.Say($"Scoring shard {shard}, as {source} say; --no-shard scores everything.");
        return shard;
    }

    private static void ThrowIfAmongData(string output, string data)
    {
        OutputPlace.ThrowIfAmongImages(output, data);
        if (ImageManifest.IsNamedSo(data) && Path.GetFullPath(data) == Path.GetFullPath(output))
        {
            throw new ImageClassificationException($"--out would replace the manifest '{data}': choose another file.");
        }
    }

    /// <summary>Tries the place before the model is loaded.</summary>
    private static void ThrowUnlessWritable(string file)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        OutputFolder.Create(folder).RemoveIfUnused();
    }

    private static string HashOf(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static ImageClassificationException Needed(Option option, string what) => new($"score needs {option.Name}, {what}.");
}
