using System.CommandLine;
using MLVision.Cli;
using MLVision.Cli.Options;
using MLVision.Cli.Runs;
using MLVision.MLNetExtensions;
using MLVision.Trainers.Options;

namespace Cli.Tests.Runs;

/// <summary>Flags out of a file.</summary>
public sealed class ConfigurationFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Parse_FileOfFlags_SetsThem()
    {
        var options = Read(
            """
            { "epochs": 7, "learning-rate": 1e-3, "weights": "-odd=name.pth", "replace-head": true, "add-classes": false,
              "mean": [0.5, 0.4, 0.3], "fine-tune": null }
            """);

        Assert.Equal((7, 1e-3, "-odd=name.pth", true, false, null), (
            options.Epochs, options.LearningRate, options.Weights, options.ReplaceHead, options.AddClasses, options.FineTuning));
        Assert.Equal([0.5f, 0.4f, 0.3f], options.Mean);
    }

    [Fact]
    public void Parse_FlagsOfTheCommandLine_Win()
    {
        var options = Read("""{ "epochs": 7, "batch-size": 8, "replace-head": true }""", "--epochs", "9", "--replace-head", "false");

        Assert.Equal((9, 8, false), (options.Epochs, options.BatchSize, options.ReplaceHead));
    }

    [Fact]
    public void Parse_RunOfThisVersion_TakesItsOptions()
    {
        var options = Read($$"""{ "version": "{{RunFile.Version}}", "options": { "epochs": 7 }, "device": "cuda:0" }""");

        Assert.Equal(new ImageTrainingOptions { Epochs = 7 }, options);
    }

    [Theory]
    [InlineData("""{ "version": "0.0.7", "options": { "epochs": 7 } }""", "' is a run of mlvision 0.0.7, and this is ")]
    [InlineData("""{ "options": { "epochs": 7 } }""", "' is a run of mlvision an unknown version, and this is ")]
    [InlineData("""{ "epoch": 7 }""", "' has the key 'epoch', which is no flag of 'train': did you mean 'epochs'?")]
    [InlineData("""{ "config": "a.json" }""", "' has the key 'config', which is no flag of 'train'.")]
    [InlineData("""{ "optimiser": "sgd" }""", "' has the key 'optimiser', which is no flag of 'train': did you mean 'optimizer'?")]
    [InlineData("""{ "epochs": true }""", "' has true for 'epochs'; expected a text or a number.")]
    [InlineData("""{ "epochs": { "head": 1 } }""", "' has { \"head\": 1 } for 'epochs'; expected a text or a number.")]
    [InlineData("""{ "replace-head": "yes" }""", "' has \"yes\" for 'replace-head'; expected true or false.")]
    [InlineData("[1]", "' holds no JSON object of flags: give a JSON object of flags, ")]
    [InlineData("epochs: 7", "' is no JSON (line 1): give a JSON object of flags, ")]
    public void Parse_FileThatCannotBeFollowed_SaysSo(string content, string sentence)
    {
        var error = Assert.Throws<ImageClassificationException>(() => Read(content));

        Assert.Contains(_path + sentence, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_ValueOutOfItsKind_IsRefusedAsOnTheCommandLine()
    {
        File.WriteAllText(_path, """{ "epochs": "seven" }""");

        var parsed = ConfigurationFile.Parse(Verbs.Create(), ["train", "--data", "d", "--out", "o", "--config", _path]);

        Assert.Equal("--epochs is 'seven'; write a whole number, such as 5.", Assert.Single(parsed.Errors).Message);
    }

    [Fact]
    public void Parse_MissingFile_IsNamed()
    {
        var error = Assert.Throws<ImageClassificationException>(
            () => ConfigurationFile.Parse(Verbs.Create(), ["train", "--config", "no-such.json"]));

        Assert.StartsWith("The file of flags 'no-such.json' does not exist: ", error.Message, StringComparison.Ordinal);
    }

    /// <summary>What a run writes down of its flags is what a file of flags is read as.</summary>
    [Fact]
    public void RunOptions_WrittenAndRead_AreTheSameTraining()
    {
        string[] given =
        [
            "train", "--data", "d", "--out", "o", "--epochs", "7", "--learning-rate", "1e-3", "--mean", "0.5", "0.4", "0.3",
            "--replace-head", "--outputs", "heat,embedding", "--preset", "best", "--no-temperature", "--device", "cuda:1",
        ];
        var parsed = Verbs.Create().Parse(given);
        var expected = TrainingFlags.Read(parsed);
        var options = RunOptions.Of(parsed, paths: [], without: [], TrainingFlags.Seed);

        Assert.Equal(expected with { Mean = null }, Read(options.ToJsonString()) with { Mean = null });
        Assert.Equal([0.5f, 0.4f, 0.3f], Read(options.ToJsonString()).Mean);
    }

    private ImageTrainingOptions Read(string content, params string[] more)
    {
        File.WriteAllText(_path, content);
        var parsed = ConfigurationFile.Parse(Verbs.Create(), ["train", "--data", "d", "--out", "o", "--config", _path, .. more]);
        Assert.Empty(parsed.Errors);
        return TrainingFlags.Read(parsed);
    }
}
