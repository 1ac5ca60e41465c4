using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MLVision.Trainers.Training.Results;

/// <summary>Writes the history of a training as JSON and CSV.</summary>
/// <remarks>
/// An infinite or NaN loss is written as the text <c>"Infinity"</c> or <c>"NaN"</c>, so a training that diverged also has a report.
/// </remarks>
internal static class TrainingReport
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static readonly JsonSerializerOptions OneLine = new(Json) { WriteIndented = false };

    /// <summary>The epoch whose weights the model has, on one line, for a model file's metadata.</summary>
    /// <remarks>Times and memory are left out: the same training writes the same file, byte for byte.</remarks>
    public static string Summarize(EpochSummary returned) => JsonSerializer.Serialize(
        new
        {
            returned.Epoch,
            returned.Phase,
            returned.LearningRate,
            returned.Loss,
            returned.Accuracy,
            returned.ValidationLoss,
            returned.ValidationAccuracy,
        },
        OneLine);

    /// <summary>
    /// A row per epoch, RFC 4180 with line feeds. Numbers have a decimal point and no thousands separators; unmeasured values are empty.
    /// </summary>
    public static void WriteCsv(TextWriter writer, IEnumerable<EpochSummary> history)
    {
        writer.NewLine = "\n";
        writer.WriteLine(
            "phase,epoch,learningRate,loss,accuracy,validationLoss,validationAccuracy," +
            "imagesPerSecond,seconds,validationSeconds,peakMemoryMegabytes");
        foreach (var epoch in history)
        {
            // Interpolation writes a double so that it reads back unchanged, and null as an empty text.
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{JsonNamingPolicy.CamelCase.ConvertName(epoch.Phase.ToString())},{epoch.Epoch}," +
                $"{epoch.LearningRate},{epoch.Loss},{epoch.Accuracy}," +
                $"{epoch.ValidationLoss},{epoch.ValidationAccuracy}," +
                $"{epoch.ImagesPerSecond:0.##},{epoch.Seconds:0.###},{epoch.ValidationSeconds:0.###},{epoch.PeakMemoryMegabytes:0.#}"));
        }
    }
}
