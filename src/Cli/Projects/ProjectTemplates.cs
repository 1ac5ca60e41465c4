using System.Reflection;

namespace MLVision.Cli.Projects;

/// <summary>The templates that the program carries: the files below <c>Templates</c>.</summary>
internal static class ProjectTemplates
{
    private const string Root = "Templates/";
    private const string NamePlace = "NAME.";

    /// <summary>The templates of a folder: where each one's file goes, and the template.</summary>
    /// <param name="folder">The folder below <c>Templates</c>.</param>
    /// <param name="name">What files begin with that begin with <c>NAME</c> there.</param>
    public static IEnumerable<(string FileName, string Template)> Read(string folder, string name)
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var resource in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            // On Windows the build names them with its own separator.
            var path = resource.Replace('\\', '/');
            if (path.StartsWith($"{Root}{folder}/", StringComparison.Ordinal))
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                var fileName = path[(Root.Length + folder.Length + 1)..];
                yield return (
                    fileName.StartsWith(NamePlace, StringComparison.Ordinal) ? $"{name}.{fileName[NamePlace.Length..]}" : fileName,
                    reader.ReadToEnd().ReplaceLineEndings("\n"));
            }
        }
    }
}
