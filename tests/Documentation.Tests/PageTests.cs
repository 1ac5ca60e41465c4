namespace Documentation.Tests;

/// <summary>What every page keeps.</summary>
public sealed class PageTests
{
    private const int LongestLine = 140;

    /// <summary>The languages of blocks. "text" is output, drawings and folders: nothing that could be run.</summary>
    private static readonly string[] Languages =
        ["csharp", "bash", "powershell", "json", "xml", "python", "javascript", "html", "text"];

    /// <summary>Written by <c>mlvision models --markdown</c>, one line a paragraph.</summary>
    private static readonly string[] Generated = ["docs/models.md"];

    [Fact]
    public void Blocks_OfAllPages_NameALanguageThatATestReads()
    {
        var others = Page.All.SelectMany(page => page.Blocks).Where(block => !Languages.Contains(block.Language))
            .Select(block => $"{block}: '{block.Language}'");

        Faults.AssertNone(others);
    }

    [Fact]
    public void TextBlocks_OfAllPages_HoldNoCommands()
    {
        var commands = from page in Page.All
                       from block in page.Blocks
                       where block.Language == "text"
                       from line in block.Lines
                       where line.StartsWith("mlvision ", StringComparison.Ordinal) || line.StartsWith("dotnet ", StringComparison.Ordinal)
                       select $"{block}: {line}";

        Faults.AssertNone(commands);
    }

    /// <summary>Rows of tables cannot be wrapped.</summary>
    [Fact]
    public void Lines_OfAllPages_HaveAtMost140Columns()
    {
        var longer = from page in Page.All
                     where !Generated.Contains(page.Name)
                     from line in page.Lines.Index()
                     where line.Item.Length > LongestLine && !line.Item.StartsWith('|')
                     select $"{page.Name}:{line.Index + 1}";

        Faults.AssertNone(longer);
    }
}
