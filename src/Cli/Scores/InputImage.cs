namespace MLVision.Cli.Scores;

/// <summary>An image to score.</summary>
/// <param name="Name">What its row calls it: as the manifest does, or its path below the folder, with slashes.</param>
/// <param name="Path">Its full path.</param>
/// <param name="Carried">The values of the columns that are carried along.</param>
internal sealed record InputImage(string Name, string Path, IReadOnlyList<string> Carried);
