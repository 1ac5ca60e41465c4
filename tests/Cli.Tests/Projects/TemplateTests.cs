using System.Text.Json;
using MLVision.Cli.Projects;

namespace Cli.Tests.Projects;

public sealed class TemplateTests
{
    private static readonly Dictionary<string, TemplateValue> Values = new()
    {
        ["Class"] = new TemplateValue.Plain("Rose"),
        ["Title"] = new TemplateValue.Text("a \"b\" <c>"),
        ["Yes"] = new TemplateValue.Flag(true),
        ["No"] = new TemplateValue.Flag(false),
        ["Labels"] = new TemplateValue.Items(
        [
            new Dictionary<string, TemplateValue> { ["Name"] = new TemplateValue.Text("x") },
            new Dictionary<string, TemplateValue> { ["Name"] = new TemplateValue.Text("y") },
        ]),
    };

    [Theory]
    [InlineData("a.cs", "class {{Class}}; // {{Title}}\n", "class Rose; // \"a \\\"b\\\" <c>\"\n")]
    [InlineData("a.html", "<p>{{Title}}</p>\n", "<p>a &quot;b&quot; &lt;c&gt;</p>\n")]
    [InlineData("a.json", "[{{Title}}]\n", "[\"a \\u0022b\\u0022 \\u003Cc\\u003E\"]\n")]
    [InlineData("a.cs", "{{each Labels}}\n{{Class}}={{Name}};\n{{end}}\n.\n", "Rose=\"x\";\nRose=\"y\";\n.\n")]
    [InlineData("a.cs", "{{if Yes}}\n1\n{{if No}}\n2\n{{end}}\n3\n{{end}}\n{{if No}}\n4\n{{end}}\n", "1\n3\n")]
    [InlineData("a.js", "{{Class}}\n", "Rose\n")]
    public void Fill_Places_AreFilledInTheFilesLanguage(string fileName, string template, string expected)
    {
        var filled = Template.Fill(fileName, template, Values);

        Assert.Equal(expected, filled);
    }

    /// <summary>Texts have no form in a language that is not known, places need values, parts need ends.</summary>
    [Theory]
    [InlineData("a.js", "{{Title}}\n")]
    [InlineData("a.cs", "{{Missing}}\n")]
    [InlineData("a.cs", "{{Labels}}\n")]
    [InlineData("a.cs", "{{if Labels}}\n{{end}}\n")]
    [InlineData("a.cs", "{{if Yes}}\n")]
    public void Fill_DamagedTemplate_Throws(string fileName, string template)
    {
        Assert.Throws<ArgumentException>(() => Template.Fill(fileName, template, Values));
    }

    [Theory]
    [InlineData("line\nbreak\r\u2028\u2029\u0085\0", "\"line\\u000Abreak\\u000D\\u2028\\u2029\\u0085\\u0000\"")]
    [InlineData("a\u202Eb", "\"a\\u202Eb\"")]
    [InlineData("🌹", "\"🌹\"")]
    [InlineData("玫瑰 \\ {x}", "\"玫瑰 \\\\ {x}\"")]
    public void Write_CSharp_ShowsNothingInvisible(string text, string expected)
    {
        var literal = TemplateLanguage.Write("a.cs", text);

        Assert.Equal(expected, literal);
    }

    /// <summary>A theory's data could not hold it.</summary>
    [Fact]
    public void Write_HalfALetter_IsEscaped()
    {
        var literal = TemplateLanguage.Write("a.cs", "\uD83C");

        Assert.Equal("\"\\uD83C\"", literal);
    }

    [Theory]
    [InlineData("</script><script>alert(1)</script>")]
    [InlineData("'\"&\u2028\n")]
    public void Write_Json_StaysTextInAScript(string text)
    {
        var literal = TemplateLanguage.Write("a.json", text);

        Assert.Equal(text, JsonSerializer.Deserialize<string>(literal));
        Assert.DoesNotContain(literal, letter => letter is '<' or '>' or '&' or '\'' or '\u2028' or '\n');
    }
}
