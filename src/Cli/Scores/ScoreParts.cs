using System.Globalization;
using System.Text.RegularExpressions;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Files;

namespace MLVision.Cli.Scores;

/// <summary>The parts of a result, joined to one file that equals what one process would have written.</summary>
internal static partial class ScoreParts
{
    /// <summary>Joins the parts that lie beside where the result will be; they stay there.</summary>
    /// <param name="path">The result.</param>
    /// <param name="overwrite">
    /// Whether to replace what is there; without it a result of the same run stays, and any other is refused.
    /// </param>
    /// <param name="cancellationToken">Stops before the next part.</param>
    /// <returns>The number of parts.</returns>
    /// <exception cref="ImageClassificationException">
    /// A part is missing, unfinished or changed, or is of another run, or so is what is there.
    /// </exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static int Merge(string path, bool overwrite, CancellationToken cancellationToken)
    {
        var files = Find(path);
        var runs = files.Select(file => (File: file, Run: RunOf(file))).ToList();
        foreach (var (file, run) in runs)
        {
            if (runs[0].Run.DifferenceTo(run) is { } difference)
            {
                throw new ImageClassificationException(
                    $"The parts are of two runs: '{file}' is of {difference} than '{runs[0].File}'. Score those of one of them again.");
            }
        }

        if (!overwrite && ScorePart.IsWhole(path, runs[0].Run))
        {
            return files.Count;
        }

        AtomicFile.Write(path, stream =>
        {
            foreach (var (index, file) in files.Index())
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var part = File.OpenRead(file);
                part.Position = index > 0 && IsCsv(path) ? EndOfHeader(part) : 0;
                part.CopyTo(stream);
            }
        });
        (runs[0].Run with { Shard = null, Bytes = new FileInfo(path).Length }).Write(path);
        return files.Count;
    }

    /// <summary>The parts in their order; all of them are there.</summary>
    private static List<string> Find(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var (stem, ending) = (Path.GetFileNameWithoutExtension(path), Path.GetExtension(path));
        var found = (Directory.Exists(folder) ? Directory.EnumerateFiles(folder) : [])
            .Select(file => (File: file, Name: PartName().Match(Path.GetFileName(file))))
            .Where(part => part.Name.Success && part.Name.Groups["stem"].Value == stem && part.Name.Groups["ending"].Value == ending)
            .ToDictionary(part => new Shard(Number(part.Name, "index"), Number(part.Name, "count")), part => part.File);
        var counts = found.Keys.Select(shard => shard.Count).Distinct().Order().ToList();
        if (counts.Count != 1)
        {
            var first = new Shard(0, 4).FileOf(path);
            throw new ImageClassificationException(counts.Count == 0
                ? $"There are no parts of '{path}' to join, such as '{first}'."
                : $"There are parts of {string.Join(" and of ", counts)} shards of '{path}': remove those of one run.");
        }

        var all = Enumerable.Range(0, counts[0]).Select(index => new Shard(index, counts[0])).ToList();
        if (all.FirstOrDefault(shard => !found.ContainsKey(shard)) is { } missing)
        {
            var name = missing.FileOf(path);
            var more = all.Count(shard => !found.ContainsKey(shard)) - 1;
            throw new ImageClassificationException(
                $"The part '{name}' {(File.Exists(ScorePart.PartialOf(name)) ? "is not finished" : "is missing")}"
                + $"{(more > 0 ? $", and {more} more" : "")}: run 'mlvision score' with --shard {missing} again.");
        }

        return [.. all.Select(shard => found[shard])];
    }

    private static ScoreRun RunOf(string file)
    {
        if (ScoreRun.Read(file) is not { } run)
        {
            throw new ImageClassificationException(
                $"There is no sound '{ScoreRun.PathOf(file)}' to say what '{file}' is of: move it along with the part.");
        }

        return run.Bytes == new FileInfo(file).Length ? run : throw new ImageClassificationException(
            $"The part '{file}' was changed since it was written: remove it, and score it again by --shard {run.Shard}.");
    }

    private static long EndOfHeader(Stream part)
    {
        foreach (var (_, end) in WholeRows.Of(part, areQuoted: true))
        {
            return end;
        }

        return 0;
    }

    private static bool IsCsv(string path) => Path.GetExtension(path).Equals(ScoreLines.Endings[0], StringComparison.OrdinalIgnoreCase);

    private static int Number(Match name, string group) => int.Parse(name.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<stem>.+)-(?<index>\d{5,9})-of-(?<count>\d{5,9})(?<ending>\.[^.]+)$")]
    private static partial Regex PartName();
}
