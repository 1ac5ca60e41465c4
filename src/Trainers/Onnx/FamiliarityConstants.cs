using System.Runtime.InteropServices;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Training.Trust;

namespace MLVision.Trainers.Onnx;

/// <summary>The constants by which a graph says how familiar an image is, read from a model that has them.</summary>
internal static class FamiliarityConstants
{
    public const string Prototypes = "familiarity_prototypes";
    public const string Classes = "familiarity_classes";
    public const string Nearest = "familiarity_nearest";
    public const string Knots = "familiarity_knots";

    /// <summary>What a model compares images with; null where it does not say how familiar they are.</summary>
    public static FamiliarityReference? Read(ModelProto model)
    {
        if (!OutputPorts.Of(model).HasFlag(ModelOutputs.Familiarity)
            || Values<float>(model, Prototypes) is not { Length: > 0 } columns
            || Values<long>(model, Classes) is not { Length: > 0 } classes
            || Values<long>(model, Nearest) is not [var nearest]
            || Values<float>(model, Knots) is not { Length: > 0 } knots
            || columns.Length % classes.Length != 0)
        {
            return null;
        }

        // The graph multiplies from the left: a column for each prototype.
        var features = columns.Length / classes.Length;
        var rows = new float[columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            rows[(i % classes.Length * features) + (i / classes.Length)] = columns[i];
        }

        return new FamiliarityReference(rows, [.. classes.Select(label => (int)label)], (int)nearest, knots);
    }

    private static T[]? Values<T>(ModelProto model, string stem)
        where T : unmanaged => model.Graph.Initializer.FirstOrDefault(constant => constant.Name == $"{stem}_1") is { } found
            ? MemoryMarshal.Cast<byte, T>(found.RawData.Span).ToArray() : null;
}
