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

    /// <summary>Letters to insert, delete or replace to make one name of the other, whatever their case.</summary>
    /// <remarks>Source: Wagner and Fischer 1974, "The string-to-string correction problem".</remarks>
    private static int Distance(string one, string other)
    {
        var (row, last) = (new int[other.Length + 1], Enumerable.Range(0, other.Length + 1).ToArray());
        for (var i = 0; i < one.Length; i++)
        {
            row[0] = i + 1;
            for (var j = 0; j < other.Length; j++)
            {
                var isSame = char.ToUpperInvariant(one[i]) == char.ToUpperInvariant(other[j]);
                row[j + 1] = Math.Min(Math.Min(row[j], last[j + 1]) + 1, last[j] + (isSame ? 0 : 1));
            }

            (row, last) = (last, row);
        }

        return last[other.Length];
    }
}
