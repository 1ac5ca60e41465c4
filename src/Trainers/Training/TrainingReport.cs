using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trainers.Training;

/// <summary>Writes what a training was like as JSON.</summary>
internal static class TrainingReport
{
    private static readonly JsonStringEnumConverter NamedValues = new(JsonNamingPolicy.CamelCase);

    private static readonly JsonSerializerOptions OneLine = new(JsonSerializerDefaults.Web)
    {
        Converters = { NamedValues },
    };

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { NamedValues },
    };

    /// <summary>The epoch that the weights are of on one line, for a model file's metadata.</summary>
    public static string Summarize(EpochSummary returned) => JsonSerializer.Serialize(returned, OneLine);
}
