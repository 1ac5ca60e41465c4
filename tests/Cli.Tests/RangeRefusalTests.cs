using MLVision.Cli;
using MLVision.Cli.Options;
using MLVision.MLNetExtensions;

namespace Cli.Tests;

/// <summary>The library's options and values, in the words of the command line.</summary>
public sealed class RangeRefusalTests
{
    [Theory]
    [InlineData("head")]
    [InlineData("two-phase")]
    public void Sentence_FineTuningWithoutWeights_SpeaksOfFlagsAndTheirWords(string word) => Assert.Equal(
        $"--fine-tune is {word}; it must be none if no --weights are given, because a random backbone finds no features.",
        Refusal("--fine-tune", word));

    [Fact]
    public void Sentence_WeightsKeyWithoutWeights_NamesTheOtherFlag() => Assert.Equal(
        "--weights-key is ema; it must be left out if no --weights are given.", Refusal("--weights-key", "ema"));

    [Fact]
    public void Sentence_HeadLearningRate_HasItsFlag() => Assert.Equal(
        "--head-learning-rate is 0; it must be above 0.", Refusal("--head-learning-rate", "0"));

    [Theory]
    [InlineData("Optimizer", "Sgd or AdamW", "--optimizer is adamw; it must be sgd or adamw.")]
    [InlineData("Schedule", "Cosine, OneCycle or Step", "--schedule is ; it must be cosine, one-cycle or step.")]
    [InlineData("ValidationFraction", "from 0 to below 1", "ValidationFraction must be from 0 to below 1.")]
    public void Sentence_AnyOption_HasTheWordsOfItsFlag(string option, string rule, string sentence)
    {
        var parsed = Verbs.Create().Parse(["train", "--data", "d", "--arch", "a", "--out", "o", "--optimizer", "adamw"]);
        var error = Assert.Throws<OptionOutOfRangeException>(() => OptionOutOfRangeException.ThrowUnless(false, option, "", rule));

        Assert.Equal(sentence, RangeRefusal.Sentence(parsed, error));
    }

    private static string Refusal(params string[] flags)
    {
        var parsed = Verbs.Create().Parse(["train", "--data", "d", "--arch", "a", "--out", "o", .. flags]);
        var error = Assert.Throws<OptionOutOfRangeException>(() => TrainingFlags.Read(parsed).Validate());
        return RangeRefusal.Sentence(parsed, error);
    }
}
