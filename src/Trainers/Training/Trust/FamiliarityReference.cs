namespace MLVision.Trainers.Training.Trust;

/// <summary>What a model compares an image with to say how familiar it is.</summary>
/// <param name="Prototypes">
/// Features of a few training images of each class, a row each, as <see cref="FamiliarityFit.Direction"/> makes them.
/// </param>
/// <param name="Classes">Class of each row.</param>
/// <param name="Nearest">How many of the predicted class's prototypes an image is compared with: the most similar ones.</param>
/// <param name="Knots">The similarities of known images that were not trained on, ascending; at least one.</param>
internal sealed record FamiliarityReference(float[] Prototypes, IReadOnlyList<int> Classes, int Nearest, float[] Knots)
{
    /// <summary>Stands for the similarity to another class's prototypes: less than any, since cosines are not below −1.</summary>
    public const float Other = -2;

    /// <summary>Number of known images whose similarities there are.</summary>
    public int Images => Knots is [Other] ? 0 : Knots.Length;

    /// <summary>Numbers in a row.</summary>
    public int Features => Prototypes.Length / Classes.Count;

    /// <summary>A reference that knows nothing, for a graph of which only the shape counts.</summary>
    public static FamiliarityReference StandIn(int features) => new(new float[features], [0], 1, [Other]);
}
