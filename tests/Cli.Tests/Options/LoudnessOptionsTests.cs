using MLVision.Cli;
using MLVision.Cli.Options;
using MLVision.MLNetExtensions;

namespace Cli.Tests.Options;

public sealed class LoudnessOptionsTests
{
    [Fact]
    public void Apply_QuietAndVerbose_IsRefused()
    {
        var parsed = Verbs.Create().Parse(["models", "--quiet", "--verbose"]);

        Assert.Empty(parsed.Errors);
        Assert.Throws<ImageClassificationException>(() => LoudnessOptions.Apply(parsed));
    }

    [Fact]
    public void All_AreTakenByEveryCommand() => Assert.All(
        [["train", "--data", "d", "--out", "o"], ["inspect", "f"], ["benchmark", "train", "--arch", "a"]],
        (string[] command) => Assert.Null(ParseMistake.Sentence(Verbs.Create().Parse([.. command, "--quiet"]))));
}
