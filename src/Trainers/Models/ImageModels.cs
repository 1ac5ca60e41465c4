namespace MLVision.Trainers.Models;

/// <summary>The table of architectures: what can be trained, exported and scored, by name.</summary>
public static class ImageModels
{
    /// <summary>Every architecture, families together, small before large.</summary>
    public static IReadOnlyList<ImageModel> All { get; } =
    [
        .. AlexNet.Table, .. Vgg.Table, .. GoogLeNet.Table, .. ResNet.Table, .. ResNet.WideTable, .. SENet.Table, .. EfficientNet.Table,
    ];

    /// <summary>Finds an architecture by name, upper or lower case.</summary>
    /// <exception cref="UnknownArchitectureException">The table holds no such name.</exception>
    /// <example>
    /// <code>Console.WriteLine(ImageModels.Get("resnet50").ImageSize);</code>
    /// </example>
    public static ImageModel Get(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return All.FirstOrDefault(model => model.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new UnknownArchitectureException(name, [.. All.Select(model => model.Name)]);
    }
}
