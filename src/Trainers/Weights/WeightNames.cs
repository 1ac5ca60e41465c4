using MLVision.Trainers.Models;

namespace MLVision.Trainers.Weights;

/// <summary>Translates a checkpoint's weight names to those of our networks, which are torchvision's.</summary>
/// <remarks>
/// Each architecture knows what others call its parts (<see cref="ImageModel.Rename"/>); here is what they call the last layer.
/// </remarks>
internal static class WeightNames
{
    /// <summary>Names of the last layer in various repositories.</summary>
    private static readonly string[] HeadNames = ["fc", "linear", "last_linear", "classifier", "head.fc", "head"];

    /// <summary>Translates one name of a checkpoint for an architecture; a name without translation stays.</summary>
    public static string Translate(string name, ImageModel architecture)
    {
        name = architecture.Rename(name);
        var end = name.LastIndexOf('.');
        return end > 0 && HeadNames.Contains(name[..end]) ? architecture.Head + name[end..] : name;
    }

    /// <summary>Whether a name belongs to the last layer, in one of these repositories or in the architecture.</summary>
    public static bool IsOfHead(string name, ImageModel architecture) =>
        NetworkShapes.TopOf(name) is var top && HeadNames.Append(architecture.Head).Any(head => NetworkShapes.TopOf(head) == top);
}
