namespace MLVision.MLNetExtensions.Scoring.Results;

/// <summary>How much each part of an image speaks for its best class; see <see cref="Model.ModelOutputs.Heat"/>.</summary>
/// <remarks>
/// Rows go from top to bottom and columns from left to right over the square that the network sees: the image resized and cut to its
/// centre. Values are in the unit of logits, above 0 for and below 0 against the class.
/// </remarks>
public sealed class HeatMap
{
    /// <summary>Makes a map of its values.</summary>
    /// <param name="rows">Number of rows; at least 1.</param>
    /// <param name="values">The values, row by row.</param>
    /// <exception cref="ArgumentException">The values are not whole rows.</exception>
    public HeatMap(int rows, IReadOnlyList<float> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        if (values.Count == 0 || values.Count % rows != 0)
        {
            throw new ArgumentException($"{values.Count} values do not fill {rows} rows.", nameof(values));
        }

        (Rows, Columns, Values) = (rows, values.Count / rows, values);
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>The values, row by row.</summary>
    public IReadOnlyList<float> Values { get; }

    /// <summary>A value.</summary>
    /// <param name="row">0 at the top.</param>
    /// <param name="column">0 on the left.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row or column.</exception>
    public float this[int row, int column]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(row);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
            ArgumentOutOfRangeException.ThrowIfNegative(column);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(column, Columns);
            return Values[(row * Columns) + column];
        }
    }
}
