using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Quantization.Graph;

/// <summary>How a quantised model was made, saved in its file as JSON in <c>metadata_props</c>.</summary>
internal sealed record QuantizationRecord
{
    /// <summary>Name of the property; only quantised models have it.</summary>
    public const string Property = "quantization";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary><c>int8</c> or <c>float16</c>.</summary>
    public required string Weights { get; init; }

    /// <summary>Method of calibration: <c>minmax</c>, <c>percentile</c> or <c>entropy</c>.</summary>
    public string? Calibration { get; init; }

    /// <summary>Percent of the values within the ranges, with <c>percentile</c>.</summary>
    public double? Percentile { get; init; }

    /// <summary>Number of images used to find the ranges.</summary>
    public int? CalibrationImages { get; init; }

    /// <summary>Number of layers with weights that could be quantised.</summary>
    public int? Layers { get; init; }

    /// <summary>Names of the layers that stayed in float.</summary>
    public IReadOnlyList<string>? FloatLayers { get; init; }

    /// <summary>Number of images used to measure accuracy.</summary>
    public int? Images { get; init; }

    /// <summary>Accuracy of the float model, 0..1.</summary>
    public double? MicroAccuracyBefore { get; init; }

    /// <summary>Accuracy of this model, 0..1.</summary>
    public double? MicroAccuracyAfter { get; init; }

    /// <summary>Percentage points that the gate allowed; absent if there was no gate.</summary>
    public double? MaxDropPoints { get; init; }

    /// <summary>Version of the product that quantised the model.</summary>
    public string ProductVersion { get; init; } = ClassifierMetadata.CurrentVersion;

    /// <summary>Gives a model every property of the float model, and this record.</summary>
    public void WriteTo(ModelProto model, ModelProto float32)
    {
        model.MetadataProps.Clear();
        model.MetadataProps.Add(float32.MetadataProps.Clone());
        model.MetadataProps.Add(new StringStringEntryProto { Key = Property, Value = JsonSerializer.Serialize(this, Json) });
    }
}
