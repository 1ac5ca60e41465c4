using MLVision.MLNetExtensions;

namespace MLVision.Trainers.Weights.Published;

/// <summary>The table <see cref="PublishedWeightsCatalog"/> has no weights of the given name, or several.</summary>
public sealed class UnknownWeightsException : ImageClassificationException
{
    private const int MostNamed = 3;

    /// <summary>There are none of that name for an architecture.</summary>
    /// <param name="architecture">The architecture they were asked for.</param>
    /// <param name="name">The name asked for.</param>
    /// <param name="known">The names that exist for the architecture.</param>
    public UnknownWeightsException(string architecture, string name, IReadOnlyList<string> known)
        : base(Sentence(architecture, name, known)) => Known = known;

    /// <summary>No architecture was named, and the name of the weights does not tell it.</summary>
    /// <param name="name">The name asked for.</param>
    /// <param name="architectures">The architectures that there are weights of this name for.</param>
    internal UnknownWeightsException(string name, IReadOnlyList<string> architectures)
        : base(Sentence(name, architectures)) => Known = [];

    /// <summary>The names that exist for the architecture; empty if no published weights for it are known, or none was named.</summary>
    public IReadOnlyList<string> Known { get; }

    private static string Sentence(string architecture, string name, IReadOnlyList<string> known) => known.Count > 0
        ? $"Unknown weights '{name}' for {architecture}; known are {string.Join(", ", known)}, or default for the best of them."
        : $"Unknown weights '{name}': there are no published weights for {architecture}; give a file of weights, or train without.";

    private static string Sentence(string name, IReadOnlyList<string> architectures) => architectures.Count > 0
        ? $"There are weights '{name}' for {architectures.Count} architectures ({string.Join(", ", architectures.Take(MostNamed))} and " +
            "so on): name the architecture (--arch)."
        : $"Unknown weights '{name}': there is no such file, and nothing is published under this name (docs/models.md lists what is).";
}
