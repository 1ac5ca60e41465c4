using System.Text.RegularExpressions;

namespace Documentation.Tests;

/// <summary>Links between pages, and to files and headings.</summary>
public sealed partial class LinkTests
{
    public static TheoryData<string> Pages => [.. Page.All.Select(page => page.Name)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_OfAPage_LeadToFilesAndHeadingsThatAreThere(string name)
    {
        var page = new Page(name);

        var broken = Targets(page).Select(link => (link.Line, link.Target, Fault: Fault(page, link.Target)))
            .Where(link => link.Fault is not null)
            .Select(link => $"{name}:{link.Line}: {link.Target}: {link.Fault}");

        Faults.AssertNone(broken);
    }

    [Theory]
    [InlineData("docs/README.md")]
    [InlineData("docs/toc.yml")]
    public void Maps_OfTheDocs_NameEveryPage(string map)
    {
        var text = File.ReadAllText(Path.Combine(Page.RepositoryRoot, map));

        var missing = Page.All.Where(page => page.Name.StartsWith("docs/", StringComparison.Ordinal))
            .Select(page => page.Name["docs/".Length..])
            .Where(page => page != "README.md" && !page.StartsWith("site/", StringComparison.Ordinal))
            .Where(page => !text.Contains($"({page}", StringComparison.Ordinal))
            .Where(page => !text.Contains($"href: {page}", StringComparison.Ordinal));

        Faults.AssertNone(missing);
    }

    /// <summary>GitHub's anchors: lower case, spaces as hyphens, and of the rest letters, digits, hyphens and underscores.</summary>
    internal static string Anchor(string heading) =>
        OtherThanAnchors().Replace(LinkText().Replace(heading, "$1").Trim().ToLowerInvariant(), "").Replace(' ', '-');

    private static IEnumerable<(int Line, string Target)> Targets(Page page) =>
        from line in page.Prose
        from Match link in Link().Matches(CodeSpan().Replace(line.Text, "code"))
        select (line.Number, link.Groups["target"].Value);

    private static string? Fault(Page page, string target)
    {
        if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal))
        {
            return null;
        }

        var parts = target.Split('#');
        var path = parts[0].Length == 0 ? page.FilePath : Path.Combine(Path.GetDirectoryName(page.FilePath)!, parts[0]);
        if (Directory.Exists(path))
        {
            return "a folder has no page of its own: name a file in it";
        }

        if (!File.Exists(path))
        {
            return "there is no such file";
        }

        var name = Path.GetRelativePath(Page.RepositoryRoot, Path.GetFullPath(path)).Replace(Path.DirectorySeparatorChar, '/');
        return parts.Length == 1 || Headings(new Page(name)).Contains(parts[1]) ? null : "there is no such heading";
    }

    private static IEnumerable<string> Headings(Page page) =>
        page.Prose.Where(line => line.Text.StartsWith('#')).Select(line => Anchor(line.Text.TrimStart('#')));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();

    [GeneratedRegex(@"[^\p{L}\p{Nd} _-]")]
    private static partial Regex OtherThanAnchors();
}
