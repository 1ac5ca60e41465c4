using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using MLVision.Trainers.Training.Augmentation;

namespace Trainers.Tests.Training.Augmentation;

/// <summary>What torchvision and Pillow make of a small image.</summary>
/// <remarks>Made by <c>Fixtures/augmentation-reference.py</c>.</remarks>
/// <param name="Size">Width and height of the image.</param>
/// <param name="Image">Bytes [size, size, 3].</param>
/// <param name="GrayMean">Mean of its grey version.</param>
/// <param name="Changes">The image after an operation.</param>
/// <param name="Crops">Parts of it, resized.</param>
/// <param name="Strengths">TrivialAugmentWide's operations.</param>
internal sealed record AugmentationReference(
    int Size,
    byte[] Image,
    int GrayMean,
    ReferenceChange[] Changes,
    ReferenceCrop[] Crops,
    Dictionary<string, ReferenceStrengths> Strengths)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private static readonly Lazy<AugmentationReference> Fixture = new(() =>
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("augmentation-reference.json")!;
        return JsonSerializer.Deserialize<AugmentationReference>(stream, Json)!;
    });

    public static AugmentationReference Load() => Fixture.Value;
}

/// <summary>The image after one operation.</summary>
internal sealed record ReferenceChange(PixelOperation Operation, double Strength, byte[] Pixels);

/// <summary>A part of the image, resized to a square.</summary>
internal sealed record ReferenceCrop(int Left, int Top, int Width, int Height, int Size, byte[] Pixels);

/// <summary>The strengths that an operation is drawn with, in torchvision's units.</summary>
internal sealed record ReferenceStrengths(double[] Values, bool IsSigned);
