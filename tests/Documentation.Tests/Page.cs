using System.Reflection;

namespace Documentation.Tests;

/// <summary>A Markdown page of the repository.</summary>
/// <param name="Name">Its path in the repository, with slashes.</param>
internal sealed record Page(string Name)
{
    public static string RepositoryRoot { get; } = typeof(Page).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>All that are for readers, but for the list of changes.</summary>
    public static IReadOnlyList<Page> All { get; } =
    [
        .. from folder in (string[])["", "docs", "benchmarks", "samples", "src"]
           from file in Directory.EnumerateFiles(
               Path.Combine(RepositoryRoot, folder), "*.md",
               folder.Length == 0 ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories)
           let name = Path.GetRelativePath(RepositoryRoot, file).Replace(Path.DirectorySeparatorChar, '/')
           where name != "CHANGELOG.md" && !name.Split('/').Any(part => part is "bin" or "obj")
           orderby name
           select new Page(name),
    ];

    /// <summary>For theories: the names of all pages with code of these languages.</summary>
    public static TheoryData<string> WithBlocksOf(params string[] languages) =>
        [.. All.Where(page => page.Blocks.Any(block => languages.Contains(block.Language))).Select(page => page.Name)];

    public string FilePath => Path.Combine(RepositoryRoot, Name);

    public IReadOnlyList<string> Lines => field ??= File.ReadAllLines(FilePath);

    /// <summary>What stands between fences, in the page's order.</summary>
    public IReadOnlyList<CodeBlock> Blocks => field ??= [.. ReadBlocks()];

    /// <summary>The lines outside of fences.</summary>
    public IEnumerable<(int Number, string Text)> Prose
    {
        get
        {
            var inside = false;
            foreach (var (index, line) in Lines.Index())
            {
                if (CodeBlock.IsFence(line))
                {
                    inside = !inside;
                }
                else if (!inside)
                {
                    yield return (index + 1, line);
                }
            }
        }
    }

    private IEnumerable<CodeBlock> ReadBlocks()
    {
        CodeBlock? open = null;
        foreach (var (index, line) in Lines.Index())
        {
            if (CodeBlock.IsFence(line) && open is null)
            {
                open = new CodeBlock(Name, index + 2, line.Trim().TrimStart('`'), []);
            }
            else if (CodeBlock.IsFence(line))
            {
                yield return open!;
                open = null;
            }
            else
            {
                open?.Lines.Add(line);
            }
        }

        Assert.True(open is null, $"{Name}: the fence before line {open?.Line} is never closed.");
    }
}
