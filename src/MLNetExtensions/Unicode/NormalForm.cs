using System.Text;

namespace MLVision.MLNetExtensions.Unicode;

/// <summary>The one form in which names are compared and saved: Unicode's normal form C.</summary>
/// <remarks>
/// A Mac's older file systems write <c>ä</c> as <c>a</c> and a mark above it, everybody else as one character. String.Normalize does
/// nothing beyond ASCII in an app that is built with InvariantGlobalization, as the command line is, and without ICU it throws; hence
/// our own. Source: Unicode Standard Annex #15.
/// </remarks>
public static class NormalForm
{
    /// <summary>Below this character nothing combines or decomposes into another than itself.</summary>
    private const char FirstMark = '\u0300';

    /// <summary>The text in normal form C; the same object where it is in that form. Halves of surrogate pairs stay as they are.</summary>
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

    /// <summary>Puts the marks behind each letter into the order of their classes; those of one class stay in theirs.</summary>
    private static int[] Order(List<int> characters, CanonicalTable table)
    {
        var letter = 0;
        return [.. characters.Select(character => (Character: character, Class: table.ClassOf(character)))
            .Select(mark => (mark.Character, mark.Class, Letter: mark.Class == 0 ? ++letter : letter))
            .OrderBy(mark => mark.Letter).ThenBy(mark => mark.Class)
            .Select(mark => mark.Character)];
    }

    /// <summary>
    /// Joins letters with marks that follow and are not kept from them by others of their class; returns how many are left.
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
