using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MLVision.Cli.Output.Tables;

/// <summary>Names in tables: as many of a terminal's columns as there are for them, and nothing that a terminal would obey.</summary>
internal static class ShortName
{
    private const string Gap = "…";

    /// <summary>The name, or its beginning and its end where it is wider, as Spectre's markup.</summary>
    /// <param name="name">A class's name.</param>
    /// <param name="width">Columns, of which wide characters take two; at least 3.</param>
    public static string Markup(string name, int width) => Spectre.Console.Markup.Escape(Of(name, width));

    /// <summary>The name, or its beginning and its end where it is wider.</summary>
    /// <inheritdoc cref="Markup"/>
    public static string Of(string name, int width)
    {
        var plain = string.Concat(name.Select(c => char.IsControl(c) ? '�' : c));
        if (Width(plain) <= width)
        {
            return plain;
        }

        var elements = StringInfo.GetTextElementEnumerator(plain).AsEnumerable().ToList();
        var beginning = Fitting(elements, width / 2);
        var end = Fitting(elements.AsEnumerable().Reverse(), width - 1 - Width(string.Concat(beginning))).Reverse();
        return $"{string.Concat(beginning)}{Gap}{string.Concat(end)}";
    }

    /// <summary>Columns that a text takes.</summary>
    public static int Width(string text) => new Segment(text).CellCount();

    private static IEnumerable<string> Fitting(IEnumerable<string> elements, int width)
    {
        var left = width;
        return [.. elements.TakeWhile(element => (left -= Width(element)) >= 0)];
    }

    private static IEnumerable<string> AsEnumerable(this TextElementEnumerator elements)
    {
        while (elements.MoveNext())
        {
            yield return elements.GetTextElement();
        }
    }
}
