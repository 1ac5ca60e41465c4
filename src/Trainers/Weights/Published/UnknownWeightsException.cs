using MLVision.MLNetExtensions;

namespace MLVision.Trainers.Weights.Published;

/// <summary>The table <see cref="PublishedWeightsCatalog"/> has no weights of the given name.</summary>
/// <param name="architecture">The architecture they were asked for.</param>
/// <param name="name">The name asked for.</param>
/// <param name="known">The names that exist for the architecture.</param>
public sealed class UnknownWeightsException(string architecture, string name, IReadOnlyList<string> known)
    : ImageClassificationException(Sentence(architecture, name, known))
{
    /// <summary>The names that exist for the architecture; empty if no published weights for it are known.</summary>
    public IReadOnlyList<string> Known { get; } = known;

    private static string Sentence(string architecture, string name, IReadOnlyList<string> known) => known.Count > 0
        ? $"Unknown weights '{name}' for {architecture}; known are {string.Join(", ", known)}, or default for the best of them."
        : $"Unknown weights '{name}': there are no published weights for {architecture}; give a file of weights, or train without.";
}
