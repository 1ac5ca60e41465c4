using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trainers.Training;

/// <summary>Writes what a training was like as JSON.</summary>
internal static class TrainingReport
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The last epoch on one line, for a model file's metadata.</summary>
    public static string Summarize(IReadOnlyList<EpochSummary> history) =>
        history.Count == 0 ? "{}" : JsonSerializer.Serialize(history[^1], JsonSerializerOptions.Web);
}
