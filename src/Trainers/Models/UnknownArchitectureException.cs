using MLVision.MLNetExtensions;

namespace MLVision.Trainers.Models;

/// <summary>The table <see cref="ImageModels"/> holds no architecture of the name asked for.</summary>
/// <param name="name">The name asked for.</param>
/// <param name="known">The names there are.</param>
public sealed class UnknownArchitectureException(string name, IReadOnlyList<string> known)
    : ImageClassificationException($"Unknown architecture '{name}'; known are {string.Join(", ", known)}.")
{
    /// <summary>The name asked for.</summary>
    public string Name { get; } = name;

    /// <summary>The names there are.</summary>
    public IReadOnlyList<string> Known { get; } = known;
}
