using System.Text;
using MLVision.Cli.Output.Tables;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Unicode;

namespace MLVision.Cli.Commands;

/// <summary>A text file that names classes in the order of a network's scores, one per line.</summary>
internal static class LabelList
{
    // ImageNet's 21,841 names with all their synonyms take less than a megabyte.
    private const int MostBytes = 1 << 24;

    /// <summary>Reads the names; blank lines, and spaces around a name, are ignored.</summary>
    /// <remarks>
    /// A repeated name gets a number, as needed for ImageNet's two cranes and two maillots: each line stands for a score, so none can be
    /// left out.
    /// </remarks>
    /// <param name="path">The file: UTF-8, or UTF-16 with its byte order mark.</param>
    /// <param name="note">Receives a note about every repeated name.</param>
    /// <exception cref="ImageClassificationException">The file is not such a list, or names fewer than two classes.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static string[] Read(string path, Action<string> note)
    {
        var lines = Lines(path);
        if (lines.Count < 2)
        {
            throw new ImageClassificationException(
                $"'{path}' names {Counted.Of(lines.Count, "class")}; a classifier needs at least two, one per line.");
        }

        var taken = lines.Select(line => line.Name).ToHashSet(StringComparer.Ordinal);
        var labels = lines.ToDictionary(line => line.Number, line => line.Name);
        foreach (var twins in lines.GroupBy(line => line.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            foreach (var (number, name) in twins.Skip(1))
            {
                labels[number] = Enumerable.Range(2, lines.Count).Select(i => $"{name} {i}").First(taken.Add);
            }

            note($"'{path}' names '{twins.Key}' in lines {Join(twins.Select(line => $"{line.Number}"))}: "
                + $"the classes are called {Join(twins.Select(line => $"'{labels[line.Number]}'"))}.");
        }

        return [.. lines.Select(line => labels[line.Number])];
    }

    private static List<(int Number, string Name)> Lines(string path)
    {
        var text = Text(path);
        if (text.TrimStart() is ['[' or '{', ..] && text.TrimEnd() is [.., ']' or '}'])
        {
            throw new ImageClassificationException(
                $"'{path}' contains a list in JSON or Python form; write one class name per line, and nothing else.");
        }

        var lines = text.ReplaceLineEndings("\n").Split('\n')
            .Select((line, index) => (Number: index + 1, Name: NormalForm.Of(line.Trim())))
            .Where(line => line.Name.Length > 0)
            .ToList();
        return lines.Find(line => line.Name.Any(char.IsControl)) is { Number: > 0 } bad
            ? throw new ImageClassificationException(
                $"Line {bad.Number} of '{path}' holds {(bad.Name.Contains('\t') ? "a tab" : "characters that are not text")}; "
                + "write one class name per line, and nothing else.")
            : lines;
    }

    private static string Text(string path)
    {
        if (Directory.Exists(path))
        {
            throw new ImageClassificationException($"'{path}' is a folder; give a text file of class names, one per line.");
        }

        using var file = File.OpenRead(path);
        var bytes = new byte[MostBytes + 1];
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (length > MostBytes)
        {
            throw new ImageClassificationException(
                $"'{path}' is larger than {MostBytes >> 20} MB; give a text file of class names, one per line.");
        }

        try
        {
            using var reader = new StreamReader(new MemoryStream(bytes, 0, length), new UTF8Encoding(false, throwOnInvalidBytes: true));
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException e)
        {
            throw new ImageClassificationException($"'{path}' is not valid UTF-8 text; save it as UTF-8, one class name per line.", e);
        }
    }

    private static string Join(IEnumerable<string> words)
    {
        var all = words.ToList();
        return $"{string.Join(", ", all.SkipLast(1))} and {all[^1]}";
    }
}
