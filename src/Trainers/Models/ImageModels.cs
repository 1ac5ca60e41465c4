namespace Trainers.Models;

/// <summary>The table of architectures: what can be trained, exported and scored, by name.</summary>
public static class ImageModels
{
    private const int ImageNetClasses = 1000;
    private const int CifarClasses = 10;
    private static readonly int[] CifarDepths = [20, 32, 44, 56, 110];

    /// <summary>Every architecture, families together, small before large.</summary>
    public static IReadOnlyList<ImageModel> All { get; } =
    [
        new("resnet18", "ResNet", 224, ImageNetClasses, classes => ResNet.OfBasicBlocks([2, 2, 2, 2], classes)),
        new("resnet34", "ResNet", 224, ImageNetClasses, classes => ResNet.OfBasicBlocks([3, 4, 6, 3], classes)),
        new("resnet50", "ResNet", 224, ImageNetClasses, classes => ResNet.OfBottlenecks([3, 4, 6, 3], classes)),
        new("resnet101", "ResNet", 224, ImageNetClasses, classes => ResNet.OfBottlenecks([3, 4, 23, 3], classes)),
        new("resnet152", "ResNet", 224, ImageNetClasses, classes => ResNet.OfBottlenecks([3, 8, 36, 3], classes)),
        .. CifarResNets("", ResidualShortcut.ZeroPadding),
        .. CifarResNets(ProjectionSuffix, ResidualShortcut.Projection),
    ];

    /// <summary>Ends the names of the CIFAR ResNets with projection shortcuts: <c>resnet20_projection</c>.</summary>
    internal const string ProjectionSuffix = "_projection";

    /// <summary>Finds an architecture by name, upper or lower case.</summary>
    /// <exception cref="UnknownArchitectureException">The table holds no such name.</exception>
    public static ImageModel Get(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return All.FirstOrDefault(model => model.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new UnknownArchitectureException(name, [.. All.Select(model => model.Name)]);
    }

    private static IEnumerable<ImageModel> CifarResNets(string suffix, ResidualShortcut shortcut) =>
        CifarDepths.Select(depth =>
            new ImageModel($"resnet{depth}{suffix}", "ResNet", 32, CifarClasses, classes => new CifarResNet(depth, classes, shortcut)));
}
