using MLVision.Cli;

namespace Cli.Tests;

/// <summary>What is said of a command line that is not understood.</summary>
public sealed class ParseMistakeTests
{
    [Theory]
    [InlineData("There is no command 'trian': did you mean 'train'?", "trian", "--data", "d")]
    [InlineData("There is no command 'scroe': did you mean 'score'?", "benchmark", "scroe")]
    [InlineData("mlvision has no option '--versoin': did you mean '--version'?", "--versoin")]
    [InlineData("'train' has no option '--epoch': did you mean '--epochs'?", "train", "--epoch", "5", "--data", "d", "--out", "o")]
    [InlineData("'train' has no option '--epoch': did you mean '--epochs'?", "train", "--epoch=5")]
    [InlineData("'train' has no option '--gpu'.", "train", "--gpu", "--data", "d", "--out", "o")]
    [InlineData("'train' has no use for 'flowers'; names of options begin with --.", "train", "flowers")]
    [InlineData("'predict' has no option '--tpo': did you mean '--top'?", "predict", "--model", "m", "--tpo", "3", "a.jpg")]
    [InlineData("'predict' has no option '-m'.", "predict", "-m", "model.zip", "a.jpg")]
    [InlineData("--preset is 'balancd': did you mean 'balanced'?", "train", "--data", "d", "--out", "o", "--preset", "balancd")]
    [InlineData(
        "'train' needs --data: folder with one sub-folder of images per class, or a manifest: a .csv or .jsonl with image and label.",
        "train", "--out", "o")]
    [InlineData("'evaluate' needs --model: a model.zip or model.onnx.", "evaluate", "--data", "d")]
    [InlineData("--data is given 2 times: give it once.", "train", "--data", "a", "--data", "b", "--out", "o")]
    [InlineData("--family is given without a value: only the architectures of a family, such as resnet.", "models", "--family")]
    [InlineData(
        "'inspect' needs <file>: a model.zip, an ONNX file, weights of PyTorch or a safetensors file.", "inspect")]
    public void Sentence_Mistake_NamesItAndWhatMayBeMeant(string sentence, params string[] arguments) =>
        Assert.Equal(sentence, ParseMistake.Sentence(Verbs.Create().Parse(arguments)));

    [Fact]
    public void Sentence_UnknownCommand_ListsThemAll()
    {
        var sentence = ParseMistake.Sentence(Verbs.Create().Parse(["serve"]));

        Assert.StartsWith("There is no command 'serve'; there are models, train, ", sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("predict", "--model", "m", "-")]
    [InlineData("predict", "--model", "m", "a.jpg", "--top", "3")]
    public void Sentence_NoMistake_IsNone(params string[] arguments) =>
        Assert.Null(ParseMistake.Sentence(Verbs.Create().Parse(arguments)));

    /// <summary>A photograph may have any name.</summary>
    [Fact]
    public void Sentence_FileThatLooksLikeAnOption_IsTaken()
    {
        const string Name = "--photograph-of-parse-mistake-tests.jpg";
        File.WriteAllText(Name, "");
        try
        {
            Assert.Null(ParseMistake.Sentence(Verbs.Create().Parse(["predict", "--model", "m", Name])));
        }
        finally
        {
            File.Delete(Name);
        }
    }
}
