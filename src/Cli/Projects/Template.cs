using System.Text;
using System.Text.RegularExpressions;

namespace MLVision.Cli.Projects;

/// <summary>
/// A file with places to be filled: <c>{{Name}}</c> in a line, and lines between <c>{{if Name}}</c> or <c>{{each Name}}</c> and
/// <c>{{end}}</c>, which stand on lines of their own.
/// </summary>
internal static partial class Template
{
    /// <summary>Fills a template.</summary>
    /// <param name="fileName">The file that is made; the ending of its name says how texts are written.</param>
    /// <param name="template">The template, with ends of lines as on Unix.</param>
    /// <param name="values">What stands in its places.</param>
    /// <exception cref="ArgumentException">A place has no value, or one of another kind; or a part has no end.</exception>
    public static string Fill(string fileName, string template, IReadOnlyDictionary<string, TemplateValue> values)
    {
        var filled = new StringBuilder();
        var lines = template.Split('\n');
        Fill(fileName, lines[^1].Length == 0 ? lines[..^1] : lines, values, filled);
        return filled.ToString();
    }

    private static void Fill(
        string fileName, ReadOnlySpan<string> lines, IReadOnlyDictionary<string, TemplateValue> values, StringBuilder filled)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (Part().Match(lines[i]) is not { Success: true } part)
            {
                filled.Append(Place().Replace(lines[i], place => Write(fileName, place.Groups[1].Value, values))).Append('\n');
                continue;
            }

            var length = LengthOf(lines[(i + 1)..], lines[i]);
            var inner = lines.Slice(i + 1, length);
            foreach (var item in ItemsOf(part.Groups["kind"].Value, part.Groups["name"].Value, values))
            {
                Fill(fileName, inner, item, filled);
            }

            i += length + 1;
        }
    }

    /// <summary>The values for each time that a part is written.</summary>
    private static IEnumerable<IReadOnlyDictionary<string, TemplateValue>> ItemsOf(
        string kind, string name, IReadOnlyDictionary<string, TemplateValue> values) => (kind, values.GetValueOrDefault(name)) switch
        {
            ("if", TemplateValue.Flag flag) => flag.Value ? [values] : [],
            ("each", TemplateValue.Items items) => items.Values.Select(
                item => values.Concat(item).ToDictionary(StringComparer.Ordinal)),
            _ => throw new ArgumentException($"The template has no value for the part '{kind} {name}'.", nameof(values)),
        };

    private static string Write(string fileName, string name, IReadOnlyDictionary<string, TemplateValue> values) =>
        values.GetValueOrDefault(name) switch
        {
            TemplateValue.Plain plain => plain.Value,
            TemplateValue.Text text => TemplateLanguage.Write(fileName, text.Value),
            TemplateValue.Texts texts => TemplateLanguage.WriteList(fileName, texts.Values),
            _ => throw new ArgumentException($"The template of '{fileName}' has no value for the place '{name}'.", nameof(values)),
        };

    /// <summary>Number of lines before the end of the part that begins before the first.</summary>
    private static int LengthOf(ReadOnlySpan<string> lines, string beginning)
    {
        var depth = 1;
        for (var i = 0; i < lines.Length; i++)
        {
            depth += Part().IsMatch(lines[i]) ? 1 : lines[i] == "{{end}}" ? -1 : 0;
            if (depth == 0)
            {
                return i;
            }
        }

        throw new ArgumentException($"The part '{beginning}' has no end.", nameof(lines));
    }

    [GeneratedRegex(@"^\{\{(?<kind>if|each) (?<name>\w+)\}\}$")]
    private static partial Regex Part();

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Place();
}
