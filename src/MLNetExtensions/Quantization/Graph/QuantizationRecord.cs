using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Quantization.Graph;

/// <summary>What a quantised model's file says of its quantisation, as JSON in <c>metadata_props</c>.</summary>
internal sealed record QuantizationRecord
{
    /// <summary>Name of the property; only models that are no longer float have it.</summary>
    public const string Property = "quantization";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary><c>int8</c>, or <c>float16</c> for weights alone.</summary>
    public required string Weights { get; init; }

    /// <summary>Method of calibration: <c>minmax</c>, <c>percentile</c> or <c>entropy</c>.</summary>
    public string? Calibration { get; init; }

    /// <summary>Percent of the values within the ranges, with <c>percentile</c>.</summary>
    public double? Percentile { get; init; }

    /// <summary>Images that ranges were found on.</summary>
    public int? CalibrationImages { get; init; }

    /// <summary>Number of layers with weights that could be quantised.</summary>
    public int? Layers { get; init; }

    /// <summary>Names of the layers that stayed float.</summary>
    public IReadOnlyList<string>? FloatLayers { get; init; }

    /// <summary>Images that accuracy was measured on.</summary>
    public int? Images { get; init; }

    /// <summary>Accuracy of the float model, 0..1.</summary>
    public double? MicroAccuracyBefore { get; init; }

    /// <summary>Accuracy of this model, 0..1.</summary>
    public double? MicroAccuracyAfter { get; init; }

    /// <summary>Percentage points that the gate allowed; absent where there was no gate.</summary>
    public double? MaxDropPoints { get; init; }

    /// <summary>Version of the product that quantised.</summary>
    public string ProductVersion { get; init; } = ClassifierMetadata.CurrentVersion;

    /// <summary>Gives a model every property of the float one, and this.</summary>
    public void WriteTo(ModelProto model, ModelProto float32)
    {
        model.MetadataProps.Clear();
        model.MetadataProps.Add(float32.MetadataProps.Clone());
        model.MetadataProps.Add(new StringStringEntryProto { Key = Property, Value = JsonSerializer.Serialize(this, Json) });
    }
}
