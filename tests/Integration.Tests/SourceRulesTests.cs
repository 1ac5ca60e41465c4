using System.Text.RegularExpressions;

namespace Integration.Tests;

/// <summary>Rules of CONTRIBUTING.md that no compiler keeps.</summary>
public sealed partial class SourceRulesTests
{
    private const int LongestLine = 140;
    private const int LargestFolder = 18;

    /// <summary>Where users of ML.NET, Microsoft.Extensions and ASP.NET Core find extension methods.</summary>
    private static readonly string[] NamespacesOfOthers =
        ["Microsoft.ML", "Microsoft.Extensions.DependencyInjection", "Microsoft.AspNetCore.Builder"];

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    [InlineData("samples")]
    [InlineData("benchmarks")]
    public void Lines_OfAllSources_HaveAtMost140Columns(string root)
    {
        var longer = Sources(root).SelectMany(file => File.ReadLines(file).Index()
            .Where(line => line.Item.Length > LongestLine)
            .Select(line => $"{Name(file)}:{line.Index + 1}"));

        Assert.Empty(longer);
    }

    [Fact]
    public void Folders_OfTheProduct_HaveAtMost18Files()
    {
        var larger = Sources("src").CountBy(file => Path.GetDirectoryName(file)!)
            .Where(folder => folder.Value > LargestFolder)
            .Select(folder => $"{Name(folder.Key)}: {folder.Value} files");

        Assert.Empty(larger);
    }

    [Fact]
    public void Namespaces_OfTheProduct_AreItsFolders()
    {
        var others = Sources("src").Select(file => (
                File: Name(file),
                Namespace: Namespace().Match(File.ReadAllText(file)).Groups[1].Value,
                Folder: Path.GetDirectoryName(Path.GetRelativePath(Path.Combine(Places.RepositoryRoot, "src"), file))!))
            .Where(file => file.Namespace.Length > 0 && !NamespacesOfOthers.Contains(file.Namespace))
            .Where(file => file.Namespace != "MLVision." + file.Folder.Replace(Path.DirectorySeparatorChar, '.'))
            .Select(file => $"{file.File}: {file.Namespace}");

        Assert.Empty(others);
    }

    [Fact]
    public void Methods_ThatReturnTasks_EndInAsync()
    {
        var others = Sources("src").SelectMany(file => AsynchronousMethod().Matches(File.ReadAllText(file))
            .Select(method => method.Groups[1].Value)
            .Where(name => !name.EndsWith("Async", StringComparison.Ordinal))
            .Select(name => $"{Name(file)}: {name}"));

        Assert.Empty(others);
    }

    private static string Name(string path) => Path.GetRelativePath(Places.RepositoryRoot, path);

    private static IEnumerable<string> Sources(string root) =>
        Directory.EnumerateFiles(Path.Combine(Places.RepositoryRoot, root), "*.cs", SearchOption.AllDirectories)
            // Templates are no C# yet; what is made of them is, and lies in samples.
            .Where(file => !Name(file).Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin" or "Templates"));

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(
        @"^ +(?:(?:public|internal|private|protected|static|virtual|override|async) )*" +
        @"(?:Task|ValueTask|IAsyncEnumerable)(?:<.+?>)? (\w+)(?:<\w+>)?\(",
        RegexOptions.Multiline)]
    private static partial Regex AsynchronousMethod();
}
