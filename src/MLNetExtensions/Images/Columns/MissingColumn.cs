namespace MLVision.MLNetExtensions.Images.Columns;

/// <summary>What is said of a column that the data does not have.</summary>
internal static class MissingColumn
{
    private const int MostNamed = 20;
    private const int FewestLetters = 3;

    /// <summary>
    /// A sentence: which column is missing, which there are, and the one that was probably meant, where a letter in three at most differs.
    /// </summary>
    /// <param name="name">The column.</param>
    /// <param name="present">The columns of the data.</param>
    public static string Describe(string name, IEnumerable<string> present)
    {
        var names = present.Distinct(StringComparer.Ordinal).ToList();
        if (names.Count == 0)
        {
            return $"The data has no column '{name}'; it has none at all.";
        }

        var listed = string.Join(", ", names.Take(MostNamed).Select(other => $"'{other}'")) + (names.Count > MostNamed ? ", …" : "");
        var nearest = names.MinBy(other => Distance(name, other))!;
        var isNear = Distance(name, nearest) <= Math.Max(name.Length, FewestLetters) / FewestLetters;
        return $"The data has no column '{name}'; it has {listed}{(isNear ? $": did you mean '{nearest}'?" : ".")}";
    }

    /// <summary>Letters to insert, delete, replace or swap with the next one to make one name of the other, whatever their case.</summary>
    /// <remarks>Source: Damerau 1964, "A technique for computer detection and correction of spelling errors".</remarks>
    private static int Distance(string one, string other)
    {
        var (a, b) = (one.ToUpperInvariant(), other.ToUpperInvariant());
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
