namespace MLVision.Cli.Options;

/// <summary>The known word that a mistyped one may stand for.</summary>
internal static class Suggestion
{
    private const int MostChanges = 3;

    /// <summary>": did you mean 'epochs'?" of "epoch", or a full stop where nothing is near.</summary>
    /// <param name="word">What was written.</param>
    /// <param name="known">What could have been.</param>
    public static string Of(string word, IEnumerable<string> known) =>
        Nearest(word, known) is { } nearest ? $": did you mean '{nearest}'?" : ".";

    /// <summary>The nearest of the words; null where all need more changes than a third of their letters, or more than three.</summary>
    /// <param name="word">What was written.</param>
    /// <param name="known">What could have been.</param>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        var nearest = known.Select(candidate => (Word: candidate, Changes: Changes(word, candidate)))
            .DefaultIfEmpty((Word: "", Changes: int.MaxValue)).MinBy(candidate => candidate.Changes);
        return nearest.Changes <= Math.Min(MostChanges, Math.Max(1, nearest.Word.Length / 3)) ? nearest.Word : null;
    }

    /// <summary>
    /// The number of letters to insert, remove, replace or swap with the next one, whatever their case: the distance of Damerau and
    /// Levenshtein, where no part is changed twice.
    /// </summary>
    private static int Changes(string from, string to)
    {
        var (a, b) = (from.ToLowerInvariant(), to.ToLowerInvariant());
        var costs = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                costs[i, j] = i == 0 || j == 0 ? i + j : Math.Min(
                    Math.Min(costs[i - 1, j], costs[i, j - 1]) + 1, costs[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    costs[i, j] = Math.Min(costs[i, j], costs[i - 2, j - 2] + 1);
                }
            }
        }

        return costs[a.Length, b.Length];
    }
}
