using System.Text.Json;

namespace MLVision.MLNetExtensions.Images.Manifests;

/// <summary>JSON lines: an object on each line. The columns are the names in the first; empty lines are passed over.</summary>
internal sealed class JsonLinesTable(string path) : ManifestTable(path)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public override IReadOnlyList<string> ReadColumns()
    {
        foreach (var (line, text) in Lines())
        {
            using var row = Parse(line, text);
            return [.. row.RootElement.EnumerateObject().Select(property => property.Name)];
        }

        throw Fault("is empty; it has an object on each line: {\"image\": \"1.jpg\", \"label\": \"rose\"}.");
    }

    public override IEnumerable<(int Line, string[] Cells)> Rows(IReadOnlyList<string> columns, bool[] wanted)
    {
        var places = columns.Index().ToDictionary(column => column.Item, column => column.Index, StringComparer.Ordinal);
        foreach (var (line, text) in Lines())
        {
            using var row = Parse(line, text);
            var cells = new string[wanted.Length];
            Array.Fill(cells, "");
            foreach (var property in row.RootElement.EnumerateObject())
            {
                if (!places.TryGetValue(property.Name, out var place))
                {
                    throw Fault(
                        line, $"the first line has no '{property.Name}'; it has {string.Join(", ", columns.Select(name => $"'{name}'"))}.");
                }

                if (wanted[place])
                {
                    cells[place] = property.Value.ValueKind switch
                    {
                        JsonValueKind.Null => "",
                        JsonValueKind.String => property.Value.GetString()!,
                        JsonValueKind.Array or JsonValueKind.Object when ManifestColumns.IsKnown(property.Name) =>
                            throw Fault(line, $"'{property.Name}' is a list or an object; it must be a text."),
                        _ => property.Value.GetRawText(),
                    };
                }
            }

            yield return (line, cells);
        }
    }

    private IEnumerable<(int Line, string Text)> Lines()
    {
        using var reader = ManifestText.Open(Path);
        for (var line = 1; reader.ReadLine() is { } text; line++)
        {
            if (ManifestText.WhyInvalid(text) is { } reason)
            {
                throw Fault(line, reason);
            }

            if (!string.IsNullOrWhiteSpace(text))
            {
                yield return (line, text);
            }
        }
    }

    private JsonDocument Parse(int line, string text)
    {
        JsonDocument? row = null;
        try
        {
            row = JsonDocument.Parse(text, Strict);
        }
        catch (JsonException e)
        {
            throw Fault(line, $"it is no JSON object: {e.Message.Split(" LineNumber", 2)[0].TrimEnd('.')}.");
        }

        if (row.RootElement.ValueKind != JsonValueKind.Object)
        {
            row.Dispose();
            throw Fault(line, "it is no JSON object, such as {\"image\": \"1.jpg\", \"label\": \"rose\"}.");
        }

        return row;
    }
}
