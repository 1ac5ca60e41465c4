using MLVision.MLNetExtensions.Doctor.Labels;

namespace MLNetExtensions.Tests.Doctor.Labels;

public sealed class LabelSuspicionTests
{
    private static readonly string[] Labels = ["a", "b", "c"];

    /// <summary>By hand: the usual probability of a is (0.8 + 0.3) / 2 = 0.55, that of b 0.6, that of c 0.5.</summary>
    [Fact]
    public void Of_Probabilities_JudgesByHand()
    {
        float[][] probabilities = [[0.8f, 0.1f, 0.1f], [0.3f, 0.65f, 0.05f], [0.3f, 0.6f, 0.1f], [0.4f, 0.1f, 0.5f]];

        var suspicions = LabelSuspicion.Of(probabilities, [0, 0, 1, 2], Labels);

        double[] scores = [0.1 / 0.9, 0.65 / 0.95, 0.3 / 0.9, 0.4 / 0.9];
        Assert.Equal(scores, suspicions.Select(one => one.Score), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(["b", "b", "a", "a"], suspicions.Select(one => one.Likely));
        Assert.Equal([false, true, false, false], suspicions.Select(one => one.IsFinding));
    }

    /// <summary>No class is confident, because b is usually more probable where it is the label; but a is far less probable.</summary>
    [Fact]
    public void Of_FarMoreProbableOther_IsFinding()
    {
        float[][] probabilities = [[0.1f, 0.5f, 0.4f], [0.1f, 0.9f, 0f], [0f, 0f, 1f]];

        var suspicion = LabelSuspicion.Of(probabilities, [0, 1, 2], Labels)[0];

        Assert.Equal(("b", true), (suspicion.Likely, suspicion.IsFinding));
    }

    [Fact]
    public void Of_NothingProbable_IsNoFinding()
    {
        var suspicion = LabelSuspicion.Of([[0f, 0f, 0f], [0f, 1f, 0f], [0f, 0f, 1f]], [0, 1, 2], Labels)[0];

        Assert.Equal((0.0, false), (suspicion.Score, suspicion.IsFinding));
    }
}
