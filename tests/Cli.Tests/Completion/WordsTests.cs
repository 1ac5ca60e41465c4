using System.CommandLine;
using MLVision.Cli.Completion;

namespace Cli.Tests.Completion;

public sealed class WordsTests
{
    [Theory]
    [InlineData("tr", "train")]
    [InlineData("train --ar", "--arch")]
    [InlineData("train --data flowers --tensor", "--tensorboard")]
    [InlineData("train --arch vgg11", "vgg11", "vgg11_bn")]
    [InlineData("export --arch=vgg11", "--arch=vgg11", "--arch=vgg11_bn")]
    [InlineData("train --preset ", "balanced", "best", "quick")]
    [InlineData("train --preset b", "balanced", "best")]
    [InlineData("train --arch resnet50 --weights ", "imagenet1k_v1", "imagenet1k_v2", "none")]
    [InlineData("train --weights imagenet_", "imagenet_mlnet")]
    [InlineData("models --family Eff", "EfficientNet")]
    [InlineData("evaluate --device cu", "cuda:0")]
    [InlineData("train --outputs h", "heat")]
    [InlineData("benchmark s", "score")]
    [InlineData("completion p", "pwsh")]
    public void After_BeginningOfAWord_AreTheWordsThatItMayBecome(string line, params string[] expected) =>
        Assert.Equal(expected, Beginning(line));

    /// <summary>Then the shell offers names of files.</summary>
    [Theory]
    [InlineData("train --data ")]
    [InlineData("train --data flo")]
    [InlineData("predict ")]
    [InlineData("inspect mod")]
    [InlineData("evaluate --model ")]
    public void After_FileIsWanted_AreNone(string line) => Assert.Empty(Words.After(MLVision.Cli.Verbs.Create(), line));

    [Fact]
    public void After_Nothing_AreTheCommands()
    {
        var words = Words.After(MLVision.Cli.Verbs.Create(), "").ToList();

        Assert.Superset(
            MLVision.Cli.Verbs.Create().Subcommands.Select(command => command.Name).ToHashSet(), words.ToHashSet());
        Assert.DoesNotContain("-h", words);
    }

    /// <summary>A shell that asks for words gives no command, which is no mistake.</summary>
    [Fact]
    public async Task Invoke_Directive_PrintsTheWordsUpToTheCursor()
    {
        using var output = new StringWriter();
        var parsed = MLVision.Cli.Verbs.Create().Parse(["[suggest:2]", "trzzz"]);

        var exitCode = await parsed.InvokeAsync(
            new InvocationConfiguration { Output = output }, TestContext.Current.CancellationToken);

        Assert.True(Words.AreAskedFor(parsed));
        Assert.Equal((0, "train"), (exitCode, output.ToString().Trim()));
    }

    /// <summary>As the shell filters them.</summary>
    private static IEnumerable<string> Beginning(string line) => Words.After(MLVision.Cli.Verbs.Create(), line)
        .Where(word => word.StartsWith(line[(line.LastIndexOf(' ') + 1)..], StringComparison.Ordinal));
}
