using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MLVision.Cli.Output;
using MLVision.MLNetExtensions.Files;
using MLVision.Reports.Contents;

namespace MLVision.Cli.Runs;

/// <summary>
/// The file <c>run.json</c> beside a model: what was asked, how it was settled, on what data and machine, and what came of it.
/// <c>--config</c> takes it, and repeats the run.
/// </summary>
internal static class RunFile
{
    /// <summary>The file's name.</summary>
    public const string Name = "run.json";

    /// <summary>The key of the flags.</summary>
    public const string OptionsKey = "options";

    /// <summary>The key of the version of mlvision that wrote the file.</summary>
    public const string VersionKey = "version";

    private static readonly JsonSerializerOptions Json = new(Terminal.Json)
    {
        // An infinite loss is a fact, too.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The version that writes such files and reads its own.</summary>
    public static string Version { get; } = UsedVersions.Product;

    /// <summary>Writes the file.</summary>
    /// <param name="path">Where.</param>
    /// <param name="options">The flags that repeat the run, by their names without dashes.</param>
    /// <param name="model">What was trained.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, JsonObject options, TrainedModel model)
    {
        var (facts, returned) = (model.Classifier.Training, model.Classifier.Training.Returned);
        var run = new
        {
            Version,
            Options = options,
            model.Classifier.Metadata.Architecture,
            Recipe = facts.Recipe.ToDictionary(value => value.Key, value => value.Value),
            model.Options.Seed,
            facts.Device,
            Versions = UsedVersions.List(trained: true).ToDictionary(version => version.Key, version => version.Value),
            Data = new
            {
                Name = model.DataName,
                model.Data.Hash,
                Images = facts.Images,
                facts.ValidationImages,
                Skipped = model.Classifier.SkippedImages.Count,
                ValidationHash = model.Validation is null ? null : DataSetFacts.Measure(model.Validation, mostDimensions: 1).Hash,
            },
            model.Started,
            Seconds = model.Time?.TotalSeconds,
            Figures = new
            {
                returned.Phase,
                returned.Epoch,
                returned.Loss,
                returned.Accuracy,
                returned.ValidationLoss,
                returned.ValidationAccuracy,
                returned.ImagesPerSecond,
                model.Classifier.Calibration?.Temperature,
            },
        };
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, run, Json));
    }
}
