using System.Text.RegularExpressions;

namespace Integration.Tests;

public sealed partial class ReadmeExampleTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly string _currentDirectory = Environment.CurrentDirectory;
    private readonly TextWriter _console = Console.Out;

    public void Dispose()
    {
        Environment.CurrentDirectory = _currentDirectory;
        Console.SetOut(_console);
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Readme_FirstCodeBlock_IsTheHelloApp()
    {
        var blocks = CodeBlock().Matches(Read("README.md"));

        Assert.Equal(Read("samples/Hello/hello.cs"), blocks[0].Groups["code"].Value);
    }

    [Fact]
    public void Readme_SecondCodeBlock_IsTheExampleThatIsCompiled()
    {
        var blocks = CodeBlock().Matches(Read("README.md"));
        var source = Read("tests/Integration.Tests/ReadmeExample.cs");

        var block = blocks[1].Groups["code"].Value;

        var usings = string.Concat(UsingDirective().Matches(source).Select(line => line.Value));
        var statements = Indentation().Replace(Region().Match(source).Groups["code"].Value, "");
        Assert.Equal($"{usings}\n{statements}", block);
    }

    [Fact]
    public void Run_TwoClassesOfTwoImages_SavesAModelAndLabelsEveryImage()
    {
        CopyTwoImages("bag");
        CopyTwoImages("sandal");
        Environment.CurrentDirectory = _folder.FullName;
        var printed = new StringWriter();
        Console.SetOut(printed);

        ReadmeExample.Run();

        Assert.True(File.Exists("model.zip"));
        var labels = printed.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, labels.Length);
        Assert.All(labels, label => Assert.True(label is "bag" or "sandal", label));
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Places.RepositoryRoot, file)).ReplaceLineEndings("\n");

    private void CopyTwoImages(string label)
    {
        var target = _folder.CreateSubdirectory(Path.Combine("flowers", label)).FullName;
        foreach (var image in Directory.EnumerateFiles(Path.Combine(Places.FashionMnist, "train", label)).Order(StringComparer.Ordinal)
            .Take(2))
        {
            File.Copy(image, Path.Combine(target, Path.GetFileName(image)));
        }
    }

    [GeneratedRegex("^```csharp\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("^using .*;\n", RegexOptions.Multiline)]
    private static partial Regex UsingDirective();

    [GeneratedRegex("// begin README.md\n(?<code>.*\n) +// end README.md", RegexOptions.Singleline)]
    private static partial Regex Region();

    [GeneratedRegex("^ {8}", RegexOptions.Multiline)]
    private static partial Regex Indentation();
}
