using System.Text.RegularExpressions;
using MLVision.Trainers.Models;

namespace MLVision.Trainers.Weights;

/// <summary>Gives a checkpoint's weights the names that our networks have, which are torchvision's.</summary>
/// <remarks>Known are torchvision's names, timm's, those of the first SENet weights, and what CIFAR repositories call things.</remarks>
internal static partial class WeightNames
{
    /// <summary>What the last layer is called here and there.</summary>
    private static readonly string[] HeadNames = ["fc", "linear", "last_linear", "classifier", "head.fc", "head"];

    /// <summary>Translates one name of a checkpoint for an architecture; a name without translation stays.</summary>
    public static string Translate(string name, ImageModel architecture)
    {
        name = architecture.Family.Name switch
        {
            "EfficientNet" => EfficientNet(name),
            "VGG" => Vgg(name),
            _ when architecture.Head == "last_linear" => SENet(name),
            _ => Residual(name),
        };
        var end = name.LastIndexOf('.');
        return end > 0 && HeadNames.Contains(name[..end]) ? architecture.Head + name[end..] : name;
    }

    /// <summary>Whether a name lies where some repository has its last layer, or the architecture has its own.</summary>
    public static bool IsOfHead(string name, ImageModel architecture) =>
        NetworkShapes.TopOf(name) is var top && HeadNames.Append(architecture.Head).Any(head => NetworkShapes.TopOf(head) == top);

    /// <summary>Whether these are names of the first SENet weights, converted from Caffe.</summary>
    public static bool AreOfCaffeForm(IEnumerable<string> names) =>
        names.Any(name => name.Contains(".se_module.", StringComparison.Ordinal));

    private static string Residual(string name) =>
        CaffeStem().Replace(name, "").Replace(".se_module.", ".se.", StringComparison.Ordinal)
            .Replace(".shortcut.", ".downsample.", StringComparison.Ordinal);

    private static string SENet(string name) => name.Replace(".se.", ".se_module.", StringComparison.Ordinal);

    private static string Vgg(string name) => name
        .Replace("pre_logits.fc1.", "classifier.0.", StringComparison.Ordinal)
        .Replace("pre_logits.fc2.", "classifier.3.", StringComparison.Ordinal);

    /// <summary>timm's names: <c>blocks.1.0.conv_dw.weight</c> is torchvision's <c>features.2.0.block.1.0.weight</c>.</summary>
    private static string EfficientNet(string name)
    {
        var (head, rest) = name.Split('.', 2) is [var first, var second] ? (first, second) : (name, "");
        var outside = head switch
        {
            "conv_stem" => "features.0.0",
            "bn1" => "features.0.1",
            "conv_head" => "features.8.0",
            "bn2" => "features.8.1",
            _ => null,
        };
        if (outside is not null)
        {
            return $"{outside}.{rest}";
        }

        if (TimmBlock().Match(name) is not { Success: true } match)
        {
            return name;
        }

        var stage = int.Parse(match.Groups["stage"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
        // The first stage does not expand its channels: its blocks begin with the depthwise convolution.
        var layer = (stage == 0, match.Groups["layer"].Value) switch
        {
            (true, "conv_dw") or (false, "conv_pw") => "0.0",
            (_, "bn1") => "0.1",
            (false, "conv_dw") => "1.0",
            (false, "bn2") => "1.1",
            (true, "se.conv_reduce") => "1.fc1",
            (true, "se.conv_expand") => "1.fc2",
            (false, "se.conv_reduce") => "2.fc1",
            (false, "se.conv_expand") => "2.fc2",
            (true, "conv_pw") => "2.0",
            (true, "bn2") => "2.1",
            (false, "conv_pwl") => "3.0",
            (false, "bn3") => "3.1",
            _ => null,
        };
        return layer is null ? name : $"features.{stage + 1}.{match.Groups["block"].Value}.block.{layer}.{match.Groups["weight"].Value}";
    }

    [GeneratedRegex(@"^layer0\.(?=conv1\.|bn1\.)")]
    private static partial Regex CaffeStem();

    [GeneratedRegex(@"^blocks\.(?<stage>[0-6])\.(?<block>\d{1,2})\.(?<layer>conv_\w+|bn\d|se\.conv_\w+)\.(?<weight>\w+)$")]
    private static partial Regex TimmBlock();
}
