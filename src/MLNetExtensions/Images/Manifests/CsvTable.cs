using nietras.SeparatedValues;

namespace MLVision.MLNetExtensions.Images.Manifests;

/// <summary>Comma-separated values as RFC 4180 has them, with a header; empty lines are passed over.</summary>
internal sealed class CsvTable(string path) : ManifestTable(path)
{
    private const char Quote = '"';

    public override IReadOnlyList<string> ReadColumns()
    {
        using var reader = Open();
        while (Next(reader))
        {
            var row = reader.Current;
            if (IsEmpty(row))
            {
                continue;
            }

            var names = new string[row.ColCount];
            for (var column = 0; column < names.Length; column++)
            {
                names[column] = row[column].ToString().Trim();
            }

            if (names.Length == 1 && names[0].FirstOrDefault(letter => letter is ';' or '\t') is var other and not '\0')
            {
                throw Fault($"has columns with {(other == ';' ? "semicolons" : "tabs")} between them: write commas.");
            }

            return names;
        }

        throw Fault("is empty; its first line names the columns: image,label.");
    }

    public override IEnumerable<(int Line, string[] Cells)> Rows(IReadOnlyList<string> columns, bool[] wanted)
    {
        using var reader = Open();
        var isHeader = true;
        while (Next(reader))
        {
            if (Read(reader.Current, wanted) is not { } row)
            {
                continue;
            }

            if (isHeader)
            {
                isHeader = false;
                continue;
            }

            yield return row;
        }
    }

    private static bool IsEmpty(SepReader.Row row) => row.ColCount == 0 || (row.ColCount == 1 && row[0].Span.IsEmpty);

    private SepReader Open() => Sep.New(',')
        .Reader(options => options with { HasHeader = false, Unescape = true, DisableColCountCheck = true })
        .From(ManifestText.Open(Path));

    private bool Next(SepReader reader)
    {
        var line = reader.Current.LineNumberToExcl;
        try
        {
            return reader.MoveNext();
        }
        catch (Exception e) when (e is NotSupportedException or ArgumentException or OverflowException)
        {
            // Sep's limit of 16 million characters.
            throw Fault(line, "a row is too long: a quote that opens in it is never closed.");
        }
    }

    private (int Line, string[] Cells)? Read(SepReader.Row row, bool[] wanted)
    {
        if (IsEmpty(row))
        {
            return null;
        }

        if (row.ColCount != wanted.Length)
        {
            throw Fault(row.LineNumberFrom, IsOpen(row.Span)
                ? "a quote that opens in this row is never closed."
                : $"there are {row.ColCount} values, but {wanted.Length} columns; a value with a comma stands in quotes.");
        }

        var cells = new string[wanted.Length];
        for (var column = 0; column < cells.Length; column++)
        {
            if (wanted[column])
            {
                cells[column] = row[column].ToString();
                if (ManifestText.WhyInvalid(cells[column]) is { } reason)
                {
                    throw Fault(row.LineNumberFrom, reason);
                }
            }
        }

        return !IsOpen(row.Span) ? (row.LineNumberFrom, cells)
            : throw Fault(row.LineNumberFrom, "a quote that opens in this row is never closed.");
    }

    /// <summary>Whether a row ends within quotes, which only the file's last one can.</summary>
    private static bool IsOpen(ReadOnlySpan<char> row) => (row.Count(Quote) & 1) != 0;
}
