using System.Globalization;

namespace MLVision.Cli.Options;

/// <summary>Numbers as they are written on the command line, the same in every language.</summary>
/// <remarks>
/// ASCII digits, a sign if need be, and for numbers that may have a fraction a point and an exponent: <c>0.05</c>, <c>.5</c>, <c>1e-3</c>.
/// Nothing else is accepted, however clear it looks: a comma separates thousands in some languages and fractions in others.
/// </remarks>
internal static class NumberText
{
    private const NumberStyles WholeStyle = NumberStyles.AllowLeadingSign;
    private const NumberStyles RealStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>Reads a whole number.</summary>
    public static bool TryReadWhole(string text, out int number) =>
        int.TryParse(text, WholeStyle, CultureInfo.InvariantCulture, out number);

    /// <summary>Reads a number; NaN, infinity and values too large for a double are refused.</summary>
    public static bool TryReadReal(string text, out double number) =>
        double.TryParse(text, RealStyle, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    /// <summary>The error for a text that is not a whole number; it shows how to write the number that may have been meant.</summary>
    /// <param name="option">The option that the text was given to.</param>
    /// <param name="text">The text.</param>
    public static string WhyNotWhole(string option, string text)
    {
        var meant = Meanings(text, [',', '.']).Select(AsWhole).OfType<string>().Distinct().ToList();
        var isTooLarge = meant.Count > 0 && !meant.Any(number => TryReadWhole(number, out _));
        var form = isTooLarge ? $"write a whole number from {int.MinValue} to {int.MaxValue}."
            : meant.Count > 0 ? $"write a whole number: {string.Join(" or ", meant)}."
            : "write a whole number, such as 5.";
        return Sentence(option, text, form);
    }

    /// <summary>The error for a text that is not a number; it shows how to write the number that may have been meant.</summary>
    /// <param name="option">The option that the text was given to.</param>
    /// <param name="text">The text.</param>
    public static string WhyNotReal(string option, string text)
    {
        var meant = Meanings(text, [',']).Where(number => TryReadReal(number, out _)).ToList();
        var form = meant.Count switch
        {
            0 => "write a number such as 0.05.",
            1 when text.Contains(',') => $"write numbers with a point: {meant[0]}.",
            1 => $"write numbers in plain digits: {meant[0]}.",
            _ => $"write numbers with a point, and thousands without a separator: {string.Join(" or ", meant)}.",
        };
        return Sentence(option, text, form);
    }

    /// <summary>What a number may be meant for that has other digits, signs, spaces or separators than ours.</summary>
    /// <param name="text">The text.</param>
    /// <param name="doubtful">Separators that may part thousands as well as a fraction.</param>
    private static List<string> Meanings(string text, ReadOnlySpan<char> doubtful)
    {
        var spaced = string.Concat(text.Trim().Select(Plain));
        var plain = spaced.Replace(" ", "", StringComparison.Ordinal);
        var last = plain.LastIndexOfAny(['.', ',']);
        if (plain.Length < spaced.Length && !PartsThousands(spaced.Split('.', ',')[0], ' '))
        {
            return [];
        }

        if (last < 0)
        {
            return [plain];
        }

        var (whole, fraction, mark) = (plain[..last], plain[(last + 1)..], plain[last]);
        List<string> meanings = [];
        if (PartsThousands(plain, mark) && (whole.Contains(mark) || doubtful.Contains(mark)))
        {
            meanings.Add(string.Concat(plain.Split(mark)));
        }

        // The other mark, where there is one, parts the thousands before the fraction.
        var other = mark == ',' ? '.' : ',';
        if (!whole.Contains(mark) && (!whole.Contains(other) || PartsThousands(whole, other)))
        {
            meanings.Add(string.Concat(whole.Split(other)) + (fraction.Length > 0 ? $".{fraction}" : ""));
        }

        return meanings;
    }

    /// <summary>Whether a mark stands before groups of three digits only, the first of which is no lone zero.</summary>
    private static bool PartsThousands(string text, char mark)
    {
        var groups = text.TrimStart('+', '-').Split(mark);
        return groups[0].Length is >= 1 and <= 3 && groups[0][0] != '0' && groups.Skip(1).All(group => group.Length == 3);
    }

    /// <summary>A character as we write it; a space for whatever parts thousands only.</summary>
    private static char Plain(char c) => c switch
    {
        _ when char.IsWhiteSpace(c) || c is '_' or '\'' or '’' or '٬' => ' ',
        _ when CharUnicodeInfo.GetDecimalDigitValue(c) is >= 0 and var digit => (char)('0' + digit),
        '٫' or '．' or '。' => '.',
        '，' => ',',
        '−' or '－' or '‐' or '‑' or '–' or '—' => '-',
        '＋' => '+',
        _ => c,
    };

    /// <summary>5 of 5.0 and 1000 of 1e3; null where there is a fraction or no number.</summary>
    private static string? AsWhole(string text) =>
        TryReadReal(text, out var number) && double.IsInteger(number) ? number.ToString("F0", CultureInfo.InvariantCulture) : null;

    private static string Sentence(string option, string text, string form) =>
        $"{option} is '{string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c))}'; {form}";
}
