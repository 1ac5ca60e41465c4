using System.Globalization;
using System.Text;

namespace MLVision.Cli.Projects;

/// <summary>Identifiers of C# for names that may be anything.</summary>
internal static class CSharpName
{
    /// <summary>An identifier: the name's words, each with a capital letter. No keyword, since those have none.</summary>
    /// <param name="name">Any text.</param>
    /// <returns>The identifier, or an empty text if the name has neither letters nor digits that C# allows.</returns>
    public static string Of(string name)
    {
        var identifier = new StringBuilder();
        var beginsWord = true;
        foreach (var letter in name)
        {
            if (!IsPart(letter))
            {
                beginsWord = true;
                continue;
            }

            if (identifier.Length == 0 && !char.IsLetter(letter))
            {
                identifier.Append('_');
            }

            identifier.Append(beginsWord ? char.ToUpperInvariant(letter) : letter);
            beginsWord = false;
        }

        return identifier.ToString();
    }

    /// <summary>Identifiers that differ from each other, and from others that are taken.</summary>
    /// <param name="names">Any texts.</param>
    /// <param name="substitute">What a name without letters and digits is called; a number follows.</param>
    /// <param name="taken">Identifiers that may not be used.</param>
    public static IReadOnlyList<string> AllOf(IReadOnlyList<string> names, string substitute, IEnumerable<string> taken)
    {
        var used = new HashSet<string>(taken, StringComparer.Ordinal);
        return [.. names.Select((name, i) => Unused(Of(name) is { Length: > 0 } identifier ? identifier : Numbered(substitute, i + 1)))];

        string Unused(string identifier)
        {
            var candidate = identifier;
            for (var number = 2; !used.Add(candidate); number++)
            {
                // Behind a digit, a number would make another number of it.
                candidate = Numbered(char.IsDigit(identifier[^1]) ? identifier + '_' : identifier, number);
            }

            return candidate;
        }
    }

    private static string Numbered(string identifier, int number) => identifier + number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Letters, digits and marks of C#'s identifiers; halves of letters beyond 16 bits are none for its compiler.</summary>
    private static bool IsPart(char letter) => char.GetUnicodeCategory(letter) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber
        or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
