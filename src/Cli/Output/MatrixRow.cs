using System.Text.Json;
using System.Text.Json.Serialization;

namespace MLVision.Cli.Output;

/// <summary>A row of a matrix, which JSON has on one line: a thousand classes make a million numbers.</summary>
[JsonConverter(typeof(OneLine))]
internal sealed record MatrixRow(IReadOnlyList<int> Numbers)
{
    private sealed class OneLine : JsonConverter<MatrixRow>
    {
        public override MatrixRow Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Rows are only written.");

        public override void Write(Utf8JsonWriter writer, MatrixRow value, JsonSerializerOptions options) =>
            writer.WriteRawValue($"\n    [{string.Join(", ", value.Numbers)}]");
    }
}
