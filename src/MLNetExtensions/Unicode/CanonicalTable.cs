using System.Globalization;
using System.Reflection;

namespace MLVision.MLNetExtensions.Unicode;

/// <summary>Unicode's data for normalisation, combining classes and decompositions; see <c>canonical.txt</c>.</summary>
/// <remarks>Source: the Unicode Character Database. Hangul syllables are computed (The Unicode Standard, §3.12).</remarks>
internal sealed class CanonicalTable
{
    private const int NoPart = 0;
    private const int FirstSyllable = 0xAC00, FirstLead = 0x1100, FirstVowel = 0x1161, FirstTail = 0x11A7;
    private const int Leads = 19, Vowels = 21, Tails = 28;

    private static readonly Lazy<CanonicalTable> Read = new(() => new CanonicalTable());

    private readonly Dictionary<int, int> _classes = [];
    private readonly Dictionary<int, (int First, int Second)> _parts = [];
    private readonly Dictionary<(int First, int Second), int> _whole = [];

    private CanonicalTable()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("canonical.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                Array.ForEach(line.Split(' '), Add);
            }
        }
    }

    /// <summary>The table; read at its first use.</summary>
    public static CanonicalTable Instance => Read.Value;

    /// <summary>The combining class, which orders the marks after a letter; 0 for letters.</summary>
    public int ClassOf(int character) => _classes.GetValueOrDefault(character);

    /// <summary>Appends a character, fully decomposed.</summary>
    public void Decompose(int character, List<int> target)
    {
        if (character - FirstSyllable is >= 0 and < Leads * Vowels * Tails and var syllable)
        {
            target.Add(FirstLead + (syllable / (Vowels * Tails)));
            target.Add(FirstVowel + (syllable / Tails % Vowels));
            if (syllable % Tails > 0)
            {
                target.Add(FirstTail + (syllable % Tails));
            }
        }
        else if (_parts.TryGetValue(character, out var parts))
        {
            Decompose(parts.First, target);
            if (parts.Second != NoPart)
            {
                target.Add(parts.Second);     // Unicode guarantees that second parts do not decompose
            }
        }
        else
        {
            target.Add(character);
        }
    }

    /// <summary>The character that two others compose to, or null.</summary>
    public int? Compose(int first, int second)
    {
        if (first - FirstLead is >= 0 and < Leads and var lead && second - FirstVowel is >= 0 and < Vowels and var vowel)
        {
            return FirstSyllable + (((lead * Vowels) + vowel) * Tails);
        }

        if (first - FirstSyllable is >= 0 and < Leads * Vowels * Tails and var syllable && syllable % Tails == 0
            && second - FirstTail is > 0 and < Tails and var tail)
        {
            return first + tail;
        }

        return _whole.TryGetValue((first, second), out var whole) ? whole : null;
    }

    /// <summary>Parses an entry: <c>300-314@230</c>, <c>C0=41+300</c>, or <c>340:300</c> for a pair that is not composed again.</summary>
    private void Add(string entry)
    {
        var sign = entry.IndexOfAny(['@', '=', ':']);
        if (entry[sign] == '@')
        {
            var run = entry[..sign].Split('-');
            for (var character = Number(run[0]); character <= Number(run[^1]); character++)
            {
                _classes.Add(character, int.Parse(entry[(sign + 1)..], CultureInfo.InvariantCulture));
            }

            return;
        }

        var parts = entry[(sign + 1)..].Split('+');
        var pair = (Number(parts[0]), parts.Length > 1 ? Number(parts[1]) : NoPart);
        _parts.Add(Number(entry[..sign]), pair);
        if (entry[sign] == '=')
        {
            _whole.Add(pair, Number(entry[..sign]));
        }
    }

    private static int Number(string digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
