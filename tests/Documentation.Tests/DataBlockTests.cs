using System.Text.Json;
using System.Xml.Linq;

namespace Documentation.Tests;

/// <summary>Blocks of JSON and XML are well formed.</summary>
public sealed class DataBlockTests
{
    public static TheoryData<string> PagesOfJson => Page.WithBlocksOf("json");

    [Theory]
    [MemberData(nameof(PagesOfJson))]
    public void JsonBlocks_OfAPage_AreJson(string name)
    {
        foreach (var block in new Page(name).Blocks.Where(block => block.Language == "json"))
        {
            JsonDocument.Parse(block.Text).Dispose();
        }
    }

    /// <summary>A piece of a project file may have several elements beside each other.</summary>
    [Fact]
    public void XmlBlocks_OfAllPages_AreXml() =>
        Assert.All(Page.All.SelectMany(page => page.Blocks).Where(block => block.Language == "xml"), block =>
            Assert.NotEmpty(XElement.Parse($"<piece>{block.Text}</piece>").Elements()));
}
