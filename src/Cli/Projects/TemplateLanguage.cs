using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace MLVision.Cli.Projects;

/// <summary>How a text is written in a file, so that it stays a text and nothing of it is run.</summary>
internal static class TemplateLanguage
{
    /// <summary>Writes a text in the language of a file.</summary>
    /// <param name="fileName">The file; the ending of its name says the language.</param>
    /// <param name="text">Any text.</param>
    /// <exception cref="ArgumentException">The language is unknown: texts cannot stand in such files.</exception>
    public static string Write(string fileName, string text) => Path.GetExtension(fileName) switch
    {
        ".cs" => CSharp(text),
        ".csproj" or ".html" => WebUtility.HtmlEncode(ForMarkup(text)),
        // The default encoder escapes whatever means something in HTML and JavaScript, too.
        ".json" or ".mbconfig" => JsonSerializer.Serialize(text),
        _ => throw new ArgumentException($"No text can stand in '{fileName}'.", nameof(fileName)),
    };

    /// <summary>Writes texts as a list in JSON, one a line.</summary>
    /// <exception cref="ArgumentException">The language is another one.</exception>
    public static string WriteList(string fileName, IEnumerable<string> texts) => Path.GetExtension(fileName) == ".json"
        ? $"[\n    {string.Join(",\n    ", texts.Select(text => Write(fileName, text)))}\n  ]"
        : throw new ArgumentException($"No list can stand in '{fileName}'.", nameof(fileName));

    private static string CSharp(string text)
    {
        var literal = new StringBuilder("\"");
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])
                && IsVisible(CharUnicodeInfo.GetUnicodeCategory(text, i)))
            {
                literal.Append(text, i++, 2);
            }
            else if (text[i] is '"' or '\\')
            {
                literal.Append('\\').Append(text[i]);
            }
            else if (IsVisible(char.GetUnicodeCategory(text[i])))
            {
                literal.Append(text[i]);
            }
            else
            {
                literal.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:X4}");
            }
        }

        return literal.Append('"').ToString();
    }

    /// <summary>Not so are ends of lines, control characters, and those that turn the order of letters around for readers.</summary>
    private static bool IsVisible(UnicodeCategory category) => category is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    /// <summary>Control characters, which no mark-up can hold, become spaces, and halves of letters the sign for a broken one.</summary>
    private static string ForMarkup(string text) =>
        string.Concat(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Select(letter => char.IsControl(letter) ? ' ' : letter));
}
