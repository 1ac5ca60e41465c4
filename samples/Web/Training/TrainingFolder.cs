namespace Web.Training;

/// <summary>A folder that can be learned from.</summary>
/// <param name="Name">Its path below the root, with slashes.</param>
/// <param name="Classes">Number of its class folders.</param>
public sealed record TrainingFolder(string Name, int Classes);
