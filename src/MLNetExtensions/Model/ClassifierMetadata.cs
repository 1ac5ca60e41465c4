using System.Globalization;
using System.Text.Json;

namespace MLVision.MLNetExtensions.Model;

/// <summary>An image classifier's metadata, saved in the ONNX file's <c>metadata_props</c>.</summary>
public sealed record ClassifierMetadata
{
    private const int Channels = 3;
    private const string TemperatureName = "temperature";
    private const string FamiliarityImagesName = "familiarity_images";

    /// <summary>Name of the architecture, for example <c>resnet50</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Class names in the order of the scores.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Width and height of the input in pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>How images are resized to <see cref="ImageSize"/>.</summary>
    public ResizeRule Resize { get; init; } = ResizeRule.IsoCrop;

    /// <summary>Width and height in pixels of the centre of the input that the network sees; the graph cuts it out.</summary>
    public int CropSize
    {
        get => field > 0 ? field : ImageSize;
        init;
    }

    /// <summary>Mean of red, green and blue that the graph subtracts, on the scale 0..1.</summary>
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>Standard deviation of red, green and blue that the graph divides by, on the scale 0..1.</summary>
    public required IReadOnlyList<float> StandardDeviation { get; init; }

    /// <summary>What the graph divides the logits by before softmax, above 0; 1, the default, changes nothing.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>
    /// Number of known images that <see cref="ModelOutputs.Familiarity"/> is measured on; 0, the default, where the model does not give it.
    /// </summary>
    public int FamiliarityImages { get; init; }

    /// <summary>Version of the product that wrote the file.</summary>
    public string ProductVersion { get; init; } = CurrentVersion;

    /// <summary>Version of the product that runs.</summary>
    internal static string CurrentVersion { get; } = typeof(ClassifierMetadata).Assembly.GetName().Version!.ToString(3);

    /// <summary>Summary of the training as a JSON object; <c>{}</c> for an untrained model.</summary>
    public string Training { get; init; } = "{}";

    internal IEnumerable<KeyValuePair<string, string>> ToProperties() =>
    [
        new("architecture", Architecture),
        new("labels", JsonSerializer.Serialize(Labels)),
        new("image_size", ImageSize.ToString(CultureInfo.InvariantCulture)),
        new("crop_size", CropSize.ToString(CultureInfo.InvariantCulture)),
        new("resize", Resize.ToString()),
        new("mean", JsonSerializer.Serialize(Mean)),
        new("std", JsonSerializer.Serialize(StandardDeviation)),
        new("product_version", ProductVersion),
        new("training", Training),
        .. Optional(TemperatureName, Temperature, Temperature != 1),
        .. Optional(FamiliarityImagesName, FamiliarityImages, FamiliarityImages > 0),
    ];

    /// <exception cref="KeyNotFoundException">A property is missing.</exception>
    /// <exception cref="FormatException">A property is damaged.</exception>
    internal static ClassifierMetadata FromProperties(IReadOnlyDictionary<string, string> properties) => new()
    {
        Architecture = properties["architecture"],
        Labels = List<string>(properties, "labels", length => length > 0),
        ImageSize = Size(properties, "image_size"),
        CropSize = Size(properties, properties.ContainsKey("crop_size") ? "crop_size" : "image_size"),
        Resize = Enum.TryParse<ResizeRule>(properties["resize"], out var resize) && Enum.IsDefined(resize)
            ? resize : throw Damaged("resize"),
        Mean = List<float>(properties, "mean", length => length == Channels),
        StandardDeviation = List<float>(properties, "std", length => length == Channels),
        ProductVersion = properties["product_version"],
        Training = properties["training"],
        Temperature = properties.TryGetValue(TemperatureName, out var temperature) ? Positive(temperature, TemperatureName) : 1,
        FamiliarityImages = properties.ContainsKey(FamiliarityImagesName) ? Size(properties, FamiliarityImagesName) : 0,
    };

    private static IEnumerable<KeyValuePair<string, string>> Optional(string name, IFormattable value, bool isThere) =>
        isThere ? [new(name, value.ToString(null, CultureInfo.InvariantCulture))] : [];

    private static double Positive(string text, string name) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0 && double.IsFinite(number)
            ? number : throw Damaged(name);

    private static int Size(IReadOnlyDictionary<string, string> properties, string name) =>
        int.TryParse(properties[name], NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0
            ? size : throw Damaged(name);

    private static T[] List<T>(IReadOnlyDictionary<string, string> properties, string name, Func<int, bool> hasRightLength)
    {
        try
        {
            return JsonSerializer.Deserialize<T[]>(properties[name]) is { } list && hasRightLength(list.Length)
                && list.All(item => item is not null)
                ? list
                : throw Damaged(name);
        }
        catch (JsonException e)
        {
            throw Damaged(name, e);
        }
    }

    private static FormatException Damaged(string name, Exception? inner = null) =>
        new($"the property '{name}' of its metadata is damaged", inner);
}
