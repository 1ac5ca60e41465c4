using System.Text;

namespace MLVision.MLNetExtensions.Unicode;

/// <summary>The form in which names are compared and saved: Unicode's normal form C.</summary>
/// <remarks>
/// Older Mac file systems write <c>ä</c> as <c>a</c> followed by a mark; other systems write one character. String.Normalize handles only
/// ASCII in an app that is built with InvariantGlobalization, as the command line is, and throws without ICU. So the library has its own
/// implementation. Source: Unicode Standard Annex #15.
/// </remarks>
public static class NormalForm
{
    /// <summary>No character below this one combines or decomposes.</summary>
    private const char FirstMark = '\u0300';

    /// <summary>The text in normal form C; the same object if it already is. Unpaired surrogates are kept.</summary>
    /// <param name="text">A name, such as that of a class, as a file system or a database writes it.</param>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.AsSpan().IndexOfAnyInRange(FirstMark, char.MaxValue) < 0)
        {
            return text;
        }

        var table = CanonicalTable.Instance;
        var characters = Order(Decompose(text, table), table);
        var composed = ToText(characters.AsSpan(0, Compose(characters, table)));
        return composed == text ? text : composed;
    }

    private static List<int> Decompose(string text, CanonicalTable table)
    {
        var characters = new List<int>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var isPair = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]);
            table.Decompose(isPair ? char.ConvertToUtf32(text[i], text[i + 1]) : text[i], characters);
            i += isPair ? 1 : 0;
        }

        return characters;
    }

    /// <summary>Sorts the marks after each letter by class; marks of the same class keep their order.</summary>
    private static int[] Order(List<int> characters, CanonicalTable table)
    {
        var letter = 0;
        return [.. characters.Select(character => (Character: character, Class: table.ClassOf(character)))
            .Select(mark => (mark.Character, mark.Class, Letter: mark.Class == 0 ? ++letter : letter))
            .OrderBy(mark => mark.Letter).ThenBy(mark => mark.Class)
            .Select(mark => mark.Character)];
    }

    /// <summary>
    /// Composes letters with the marks that follow them, unless a mark of the same class is between; returns the new length.
    /// </summary>
    private static int Compose(int[] characters, CanonicalTable table)
    {
        var (length, letter, lastClass) = (0, -1, 0);
        foreach (var character in characters)
        {
            var order = table.ClassOf(character);
            if (letter >= 0 && (letter == length - 1 || lastClass < order) && table.Compose(characters[letter], character) is { } whole)
            {
                characters[letter] = whole;
                continue;
            }

            letter = order == 0 ? length : letter;
            lastClass = order;
            characters[length++] = character;
        }

        return length;
    }

    private static string ToText(ReadOnlySpan<int> characters)
    {
        var text = new StringBuilder(characters.Length);
        foreach (var character in characters)
        {
            _ = character > char.MaxValue ? text.Append(char.ConvertFromUtf32(character)) : text.Append((char)character);
        }

        return text.ToString();
    }
}
