namespace Documentation.Tests;

/// <summary>The page on architecture knows the house as it is.</summary>
public sealed class ArchitecturePageTests
{
    /// <summary>A folder is named by its path in its project, or its parent is, of which it is a part.</summary>
    [Fact]
    public void Folders_OfTheProduct_AreNamed()
    {
        var lines = new Page("docs/architecture.md").Lines;
        var section = string.Join('\n', lines.SkipWhile(line => line != "## Where things are").TakeWhile(line => line != "## Words"));
        var root = Path.Combine(Page.RepositoryRoot, "src");

        var missing = Directory.EnumerateDirectories(root, "*", SearchOption.AllDirectories)
            .Select(folder => Path.GetRelativePath(root, folder).Split(Path.DirectorySeparatorChar))
            .Where(parts => parts.Length > 1 && !parts.Any(part => part is "bin" or "obj" || part.StartsWith('.')))
            .Where(parts => Directory.EnumerateFiles(Path.Combine([root, .. parts])).Any())
            .Where(parts => !parts.Skip(1).Index().Any(part => IsNamed(section, string.Join('/', parts[1..(part.Index + 2)]))
                || IsNamed(section, part.Item)));

        Faults.AssertNone(missing.Select(parts => string.Join('/', parts)));
    }

    private static bool IsNamed(string section, string folder) => section.Contains($"`{folder}`", StringComparison.Ordinal);
}
