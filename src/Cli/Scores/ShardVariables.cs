using System.Globalization;
using MLVision.Cli.Options;
using MLVision.MLNetExtensions;

namespace MLVision.Cli.Scores;

/// <summary>The shard that a scheduler gives a process, by variables of its environment.</summary>
internal static class ShardVariables
{
    private const string SlurmIndex = "SLURM_ARRAY_TASK_ID", SlurmCount = "SLURM_ARRAY_TASK_COUNT";
    private const string SlurmFirst = "SLURM_ARRAY_TASK_MIN", SlurmStep = "SLURM_ARRAY_TASK_STEP";
    private const string MpiRank = "OMPI_COMM_WORLD_RANK", MpiSize = "OMPI_COMM_WORLD_SIZE";
    private const string JobIndex = "JOB_COMPLETION_INDEX", JobCount = "JOB_COMPLETIONS";
    private const string Remedy = "give --shard I/N, or --no-shard to score everything";

    /// <summary>Names of all variables.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [SlurmIndex, SlurmCount, SlurmFirst, SlurmStep, MpiRank, MpiSize, JobIndex, JobCount];

    /// <summary>The shard, and the variables that say it; null where none do.</summary>
    /// <param name="variable">Gives a variable's value, or null.</param>
    /// <exception cref="ImageClassificationException">A value is no number, two schedulers differ, or a number is missing.</exception>
    public static (Shard Shard, string Source)? Read(Func<string, string?> variable)
    {
        List<(Shard Shard, string Source)> found = [];
        if (Number(variable, SlurmIndex) is { } task)
        {
            var count = Number(variable, SlurmCount) ?? throw Missing(SlurmIndex, SlurmCount);
            var (first, step) = (Number(variable, SlurmFirst) ?? 0, Math.Max(1, Number(variable, SlurmStep) ?? 1));
            if ((task - first) % step != 0 || (task - first) / step >= count || task < first)
            {
                throw new ImageClassificationException(
                    $"{SlurmIndex} is {task}, which is not one of {count} numbers from {first} in steps of {step}: {Remedy}.");
            }

            found.Add((Shard.Of((task - first) / step, count, SlurmIndex), $"{SlurmIndex} and {SlurmCount}"));
        }

        if (Number(variable, MpiRank) is { } rank)
        {
            var size = Number(variable, MpiSize) ?? throw Missing(MpiRank, MpiSize);
            found.Add((Shard.Of(rank, size, MpiRank), $"{MpiRank} and {MpiSize}"));
        }

        if (Number(variable, JobIndex) is { } index)
        {
            // Kubernetes tells a pod its index and not how many there are.
            var count = Number(variable, JobCount) ?? throw Missing(JobIndex, JobCount);
            found.Add((Shard.Of(index, count, JobIndex), $"{JobIndex} and {JobCount}"));
        }

        // A process alone is no part of anything.
        var parts = found.Where(shard => shard.Shard.Count > 1).ToList();
        return parts switch
        {
            [] => null,
            [var only] => only,
            [var one, var other, ..] => throw new ImageClassificationException(
                $"{one.Source} say that this is shard {one.Shard}, {other.Source} that it is {other.Shard}: {Remedy}."),
        };
    }

    private static int? Number(Func<string, string?> variable, string name) => variable(name) switch
    {
        null or "" => null,
        var text when NumberText.TryReadWhole(text, out var number) => number,
        var text => throw new ImageClassificationException(string.Create(
            CultureInfo.InvariantCulture, $"The environment has {name}={text}, which is no whole number: {Remedy}.")),
    };

    private static ImageClassificationException Missing(string index, string count) =>
        new($"The environment has {index}, but no {count} to say how many shards there are: set it, {Remedy}.");
}
