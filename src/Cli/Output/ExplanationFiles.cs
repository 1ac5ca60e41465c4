using MLVision.Cli.Options;
using MLVision.MLNetExtensions.Scoring.Explanations;

namespace MLVision.Cli.Output;

/// <summary>Pictures of heat maps in a folder, named after their photographs.</summary>
/// <remarks>
/// A name is made of the photograph's letters and digits, so it stays in the folder; two photographs of one name get two pictures, and none
/// takes the place of a photograph.
/// </remarks>
/// <param name="folder">The folder; made when the first picture is written.</param>
/// <param name="photographs">Paths that must not be written to.</param>
internal sealed class ExplanationFiles(string folder, IEnumerable<string> photographs)
{
    private const int LongestName = 80;

    // Names that differ only in case are one on some systems.
    private readonly HashSet<string> _taken = new(photographs.Select(Path.GetFullPath), StringComparer.OrdinalIgnoreCase);

    /// <summary>Writes a picture.</summary>
    /// <returns>Its path, and whether it replaced another.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public string Write(ImageExplanation explanation)
    {
        var path = PathFor(explanation.Prediction.Image ?? "image");
        var name = OutputPlace.NameOf(path);
        explanation.SavePng(path);
        return name;
    }

    /// <summary>A path that no other picture and no photograph has.</summary>
    internal string PathFor(string photograph)
    {
        var name = string.Concat(Path.GetFileNameWithoutExtension(photograph).Select(c => char.IsLetterOrDigit(c) ? c : '-')).Trim('-');
        name = name.Length == 0 ? "image" : name[..Math.Min(name.Length, LongestName)];
        var number = 1;
        string path;
        do
        {
            path = Path.Combine(folder, number == 1 ? $"{name}-why.png" : $"{name}-why-{number}.png");
            number++;
        }
        while (!_taken.Add(Path.GetFullPath(path)));
        return path;
    }
}
