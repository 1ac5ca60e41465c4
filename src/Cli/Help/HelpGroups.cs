using System.CommandLine;

namespace MLVision.Cli.Help;

/// <summary>The groups in which a long list of options is read, the usual ones of each first.</summary>
internal static class HelpGroups
{
    private static readonly (string Title, string[] Names)[] Training =
    [
        ("Data", ["--data", "--validation", "--max-skipped", "--ignore-orientation"]),
        ("Model",
        [
            "--arch", "--weights", "--image-size", "--outputs", "--replace-head", "--add-classes", "--class-memory", "--remembered-images",
            "--weights-key", "--mean", "--std", "--no-temperature",
        ]),
        ("Recipe",
        [
            "--preset", "--epochs", "--fine-tune", "--augmentation", "--class-balance", "--early-stopping", "--batch-size",
            "--learning-rate", "--head-epochs", "--head-learning-rate", "--optimizer", "--schedule", "--warmup-epochs", "--weight-decay",
            "--label-smoothing", "--ema", "--clip", "--unfrozen-blocks", "--rate-decay-per-block", "--unfreeze-batch-norm", "--seed",
            "--steps",
        ]),
        ("Run", ["--device", "--config", "--resume", "--precision", "--threads", "--pixel-memory", "--quiet", "--verbose"]),
        ("Output", ["--out", "--overwrite", "--no-report", "--tensorboard", "--json"]),
    ];

    /// <summary>The options of a command by group; those of none come last.</summary>
    /// <param name="command">The command.</param>
    /// <param name="others">Title of the group of the others.</param>
    public static IEnumerable<(string Title, IReadOnlyList<Option> Options)> Of(Command command, string others)
    {
        var visible = command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options)
                .Where(option => option.Recursive)).Where(option => !option.Hidden).Distinct().ToList();
        var grouped = command.Name is "train" or "lr-find" && command.Parents.All(parent => parent is RootCommand) ? Training : [];
        foreach (var (title, names) in grouped)
        {
            List<Option> options = [.. names.Select(name => visible.Find(option => option.Name == name)).OfType<Option>()];
            visible.RemoveAll(options.Contains);
            yield return (title, options);
        }

        yield return (others, visible);
    }
}
