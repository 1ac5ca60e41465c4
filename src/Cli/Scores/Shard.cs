using System.Globalization;
using MLVision.Cli.Options;
using MLVision.MLNetExtensions;

namespace MLVision.Cli.Scores;

/// <summary>One of several parts of the rows, which lie one behind the other and differ in length by one at most.</summary>
/// <param name="Index">Which part, from 0.</param>
/// <param name="Count">How many parts there are.</param>
internal sealed record Shard(int Index, int Count)
{
    /// <summary>Reads <c>I/N</c>.</summary>
    /// <param name="text">Such as <c>0/4</c>.</param>
    /// <exception cref="ImageClassificationException">It is something else, or there is no such part.</exception>
    public static Shard Parse(string text)
    {
        var numbers = text.Split('/');
        return numbers.Length == 2
            && NumberText.TryReadWhole(numbers[0], out var index) && NumberText.TryReadWhole(numbers[1], out var count)
            ? Of(index, count, "--shard")
            : throw new ImageClassificationException($"--shard is '{text}'; expected I/N, such as 0/4 for the first of four.");
    }

    /// <summary>A part that exists.</summary>
    /// <param name="index">Which part, from 0.</param>
    /// <param name="count">How many parts there are.</param>
    /// <param name="source">Who says so.</param>
    /// <exception cref="ImageClassificationException">There is no such part.</exception>
    public static Shard Of(int index, int count, string source) => count < 1
        ? throw new ImageClassificationException($"{source} asks for {count} shards; there must be at least 1.")
        : index < 0 || index >= count
            ? throw new ImageClassificationException(
                $"{source} asks for shard {index} of {count}; shards are counted from 0, so that these are 0/{count} to "
                + $"{count - 1}/{count}.")
            : new Shard(index, count);

    /// <summary>The part's rows.</summary>
    /// <param name="rows">The number of all rows.</param>
    public (int First, int Count) RangeOf(int rows)
    {
        var first = (int)((long)rows * Index / Count);
        return (first, (int)((long)rows * (Index + 1) / Count) - first);
    }

    /// <summary>The part's file: <c>labels-00000-of-00004.csv</c> of <c>labels.csv</c>.</summary>
    public string FileOf(string path) => Path.Combine(
        Path.GetDirectoryName(path) ?? "", string.Create(
            CultureInfo.InvariantCulture,
            $"{Path.GetFileNameWithoutExtension(path)}-{Index:00000}-of-{Count:00000}{Path.GetExtension(path)}"));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");
}
