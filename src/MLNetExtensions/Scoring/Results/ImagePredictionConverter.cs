using System.Text.Json;
using System.Text.Json.Serialization;

namespace MLVision.MLNetExtensions.Scoring.Results;

/// <summary>Writes predictions with the names of their classes, and reads what it has written.</summary>
internal sealed class ImagePredictionConverter : JsonConverter<ImagePrediction>
{
    public override ImagePrediction Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        try
        {
            return PredictionOf(document.RootElement);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or KeyNotFoundException or FormatException)
        {
            throw new JsonException($"This is not a prediction of an image. {e.Message}", e);
        }
    }

    public override void Write(Utf8JsonWriter writer, ImagePrediction value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        WriteText("image", value.Image);
        if (value.Error is null)
        {
            writer.WriteString("label", value.Label);
            writer.WriteNumber("probability", value.Probability);
        }

        if (value.Familiarity is { } familiarity)
        {
            writer.WriteNumber("familiarity", familiarity);
        }

        WriteText("refusal", value.Refusal);
        WriteText("error", value.Error);
        if (value.Error is null)
        {
            writer.WriteStartObject("scores");
            foreach (var (label, score) in value.ScoresByLabel)
            {
                writer.WriteNumber(label, score);
            }

            writer.WriteEndObject();
        }

        WriteNumbers("embedding", value.Embedding);
        if (value.Heat is { } heat)
        {
            writer.WriteStartObject("heat");
            writer.WriteNumber("rows", heat.Rows);
            WriteNumbers("values", heat.Values);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();

        void WriteText(string name, string? text)
        {
            if (text is not null)
            {
                writer.WriteString(name, text);
            }
        }

        void WriteNumbers(string name, IReadOnlyList<float>? numbers)
        {
            if (numbers is not null)
            {
                writer.WriteStartArray(name);
                foreach (var number in numbers)
                {
                    writer.WriteNumberValue(number);
                }

                writer.WriteEndArray();
            }
        }
    }

    private static ImagePrediction PredictionOf(JsonElement json)
    {
        var image = Text(json, "image");
        if (Text(json, "error") is { } error)
        {
            return ImagePrediction.Failed(image, error);
        }

        var scores = json.GetProperty("scores").EnumerateObject().ToList();
        return new ImagePrediction(image, [.. scores.Select(score => score.Name)], [.. scores.Select(score => score.Value.GetSingle())])
        {
            Familiarity = json.TryGetProperty("familiarity", out var familiarity) ? familiarity.GetSingle() : null,
            Refusal = Text(json, "refusal"),
            Embedding = json.TryGetProperty("embedding", out var embedding) ? Numbers(embedding) : null,
            Heat = json.TryGetProperty("heat", out var heat)
                ? new HeatMap(heat.GetProperty("rows").GetInt32(), Numbers(heat.GetProperty("values")))
                : null,
        };
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var text) ? text.GetString() : null;

    private static float[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetSingle())];
}
