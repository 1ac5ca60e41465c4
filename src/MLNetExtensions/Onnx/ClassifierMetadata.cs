using System.Globalization;
using System.Text.Json;

namespace MLNetExtensions;

/// <summary>What an image classifier's ONNX file says of itself in <c>metadata_props</c>.</summary>
public sealed record ClassifierMetadata
{
    /// <summary>Name of the architecture, for example <c>resnet50</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Class names in the order of the scores.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Width and height of the input in pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>How images are brought to <see cref="ImageSize"/>.</summary>
    public ResizeRule Resize { get; init; } = ResizeRule.IsoCrop;

    /// <summary>Mean of red, green and blue that the graph subtracts, on the scale 0..1.</summary>
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>Standard deviation of red, green and blue that the graph divides by, on the scale 0..1.</summary>
    public required IReadOnlyList<float> StandardDeviation { get; init; }

    /// <summary>Version of the product that wrote the file.</summary>
    public string ProductVersion { get; init; } = typeof(ClassifierMetadata).Assembly.GetName().Version!.ToString(3);

    /// <summary>Summary of the training as a JSON object; <c>{}</c> for an untrained model.</summary>
    public string Training { get; init; } = "{}";

    internal IEnumerable<KeyValuePair<string, string>> ToProperties() =>
    [
        new("architecture", Architecture),
        new("labels", JsonSerializer.Serialize(Labels)),
        new("image_size", ImageSize.ToString(CultureInfo.InvariantCulture)),
        new("resize", Resize.ToString()),
        new("mean", JsonSerializer.Serialize(Mean)),
        new("std", JsonSerializer.Serialize(StandardDeviation)),
        new("product_version", ProductVersion),
        new("training", Training),
    ];

    internal static ClassifierMetadata FromProperties(IReadOnlyDictionary<string, string> properties) => new()
    {
        Architecture = properties["architecture"],
        Labels = JsonSerializer.Deserialize<string[]>(properties["labels"])!,
        ImageSize = int.Parse(properties["image_size"], CultureInfo.InvariantCulture),
        Resize = Enum.Parse<ResizeRule>(properties["resize"]),
        Mean = JsonSerializer.Deserialize<float[]>(properties["mean"])!,
        StandardDeviation = JsonSerializer.Deserialize<float[]>(properties["std"])!,
        ProductVersion = properties["product_version"],
        Training = properties["training"],
    };
}
