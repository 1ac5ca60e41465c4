using System.Text.Json;

namespace MLVision.MLNetExtensions.Images.Manifests;

/// <summary>JSON lines: an object on each line. The columns are the names in the first; empty lines are passed over.</summary>
internal sealed class JsonLinesTable(string path) : ManifestTable(path)
{
    private const string HalfCharacter = "a text holds half of a character (\\uD800 to \\uDFFF alone).";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public override IReadOnlyList<string> ReadColumns()
    {
        foreach (var (line, text) in Lines())
        {
            using var row = Parse(line, text);
            return [.. row.RootElement.EnumerateObject().Select(property => Text(line, () => property.Name))];
        }

        throw Fault("is empty; it has an object on each line: {\"image\": \"1.jpg\", \"label\": \"rose\"}.");
    }

    public override IEnumerable<(int Line, string[] Cells)> Rows(IReadOnlyList<string> columns, bool[] wanted)
    {
        var places = columns.Index().ToDictionary(column => column.Item, column => column.Index, StringComparer.Ordinal);
        foreach (var (line, text) in Lines())
        {
            yield return (line, Cells(line, text, columns, places, wanted));
        }
    }

    private string[] Cells(int line, string text, IReadOnlyList<string> columns, Dictionary<string, int> places, bool[] wanted)
    {
        using var row = Parse(line, text);
        var cells = new string[wanted.Length];
        Array.Fill(cells, "");
        foreach (var property in row.RootElement.EnumerateObject())
        {
            var name = Text(line, () => property.Name);
            if (!places.TryGetValue(name, out var place))
            {
                throw Fault(line, $"the first line has no '{name}'; it has {string.Join(", ", columns.Select(known => $"'{known}'"))}.");
            }

            if (wanted[place])
            {
                cells[place] = property.Value.ValueKind switch
                {
                    JsonValueKind.Null => "",
                    JsonValueKind.String => Text(line, () => property.Value.GetString()!),
                    JsonValueKind.Array or JsonValueKind.Object when ManifestColumns.IsKnown(name) =>
                        throw Fault(line, $"'{name}' is a list or an object; it must be a text."),
                    _ => property.Value.GetRawText(),
                };
            }
        }

        return cells;
    }

    /// <summary>A text, unless it is half a character, which JSON can write and no text can hold.</summary>
    private string Text(int line, Func<string> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            throw Fault(line, HalfCharacter);
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
            var reason = e.Message.Split(" LineNumber", 2)[0].TrimEnd('.').Replace(" during deserialization", "", StringComparison.Ordinal);
            throw Fault(line, $"it is no JSON object: {reason}.");
        }
        catch (InvalidOperationException)
        {
            throw Fault(line, HalfCharacter);
        }

        if (row.RootElement.ValueKind != JsonValueKind.Object)
        {
            row.Dispose();
            throw Fault(line, "it is no JSON object, such as {\"image\": \"1.jpg\", \"label\": \"rose\"}.");
        }

        return row;
    }
}
