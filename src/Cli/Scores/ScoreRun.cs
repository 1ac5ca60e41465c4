using System.Text.Json;
using MLVision.Cli.Output;
using MLVision.MLNetExtensions.Files;

namespace MLVision.Cli.Scores;

/// <summary>The file beside a result that says what it is of: <c>labels.csv.run.json</c>.</summary>
internal sealed record ScoreRun
{
    private const string Ending = ".run.json";

    /// <summary>The version that wrote it.</summary>
    public required string Version { get; init; }

    /// <summary>Name of the model's file.</summary>
    public required string Model { get; init; }

    /// <summary>Its SHA-256.</summary>
    public required string ModelHash { get; init; }

    /// <summary>Name of the manifest or folder.</summary>
    public required string Data { get; init; }

    /// <summary>See <see cref="ScoreInput.Hash"/>.</summary>
    public required string DataHash { get; init; }

    /// <summary>Rows of the whole, all shards together.</summary>
    public required int Rows { get; init; }

    /// <summary>Which part of them, such as <c>0/4</c>; null for all.</summary>
    public string? Shard { get; init; }

    /// <summary>Whether images were read fast.</summary>
    public required bool Fast { get; init; }

    /// <summary>Whether images were taken as they are stored.</summary>
    public required bool IgnoreOrientation { get; init; }

    /// <summary>What the model ran on.</summary>
    public required string Device { get; init; }

    /// <summary>Length of the finished file; null until it is whole.</summary>
    public long? Bytes { get; init; }

    /// <summary>Where the file is that describes a result.</summary>
    public static string PathOf(string result) => result + Ending;

    /// <summary>Reads what a result is of; null where nothing says it.</summary>
    public static ScoreRun? Read(string result)
    {
        try
        {
            return JsonSerializer.Deserialize<ScoreRun>(File.ReadAllBytes(PathOf(result)), Terminal.Json);
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    public void Write(string result) =>
        AtomicFile.Write(PathOf(result), stream => JsonSerializer.Serialize(stream, this, Terminal.Json));

    /// <summary>
    /// What another run differs in, so that its rows do not belong to those of this one; null where it differs in nothing.
    /// </summary>
    public string? DifferenceTo(ScoreRun other) =>
        other.ModelHash != ModelHash ? "another model"
        : other.DataHash != DataHash || other.Rows != Rows ? "other data"
        : other.Fast != Fast ? $"images read {(other.Fast ? "fast (--fast)" : "exactly (no --fast)")}"
        : other.IgnoreOrientation != IgnoreOrientation
            ? "pictures " + (other.IgnoreOrientation
                ? "as they are stored (--ignore-orientation)" : "turned upright (no --ignore-orientation)")
        : null;
}
