using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trainers.Training;

/// <summary>Writes what a training was like as JSON.</summary>
/// <remarks>A loss that is infinite or no number is the text <c>"Infinity"</c> or <c>"NaN"</c>: a training that diverged is not lost for its report.</remarks>
internal static class TrainingReport
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static readonly JsonSerializerOptions OneLine = new(Json) { WriteIndented = false };

    /// <summary>The epoch that the weights are of on one line, for a model file's metadata.</summary>
    public static string Summarize(EpochSummary returned) => JsonSerializer.Serialize(returned, OneLine);
}
