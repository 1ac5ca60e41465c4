using MLVision.Cli.Options;

namespace Cli.Tests.Options;

/// <summary>Which known word a mistyped one may stand for.</summary>
public sealed class SuggestionTests
{
    private static readonly string[] Words = ["train", "evaluate", "predict", "export", "resnet50", "resnet18", "--epochs"];

    [Theory]
    [InlineData("trian", "train")]          // two letters swapped: one change
    [InlineData("predcit", "predict")]
    [InlineData("Evaluat", "evaluate")]
    [InlineData("resnet5O", "resnet50")]
    [InlineData("--epoch", "--epochs")]
    [InlineData("serve", null)]
    [InlineData("", null)]
    [InlineData("resnet", "resnet50")]      // the first of those that are as near
    public void Nearest_Word_IsTheOneWithFewestChanges(string word, string? expected) =>
        Assert.Equal(expected, Suggestion.Nearest(word, Words));

    [Fact]
    public void Nearest_OfNothing_IsNone() => Assert.Null(Suggestion.Nearest("train", []));
}
