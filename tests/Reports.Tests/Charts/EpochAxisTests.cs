using MLVision.Reports.Charts;

namespace Reports.Tests.Charts;

public sealed class EpochAxisTests
{
    /// <summary>Five of 105 epochs would be lost in a twentieth of the width.</summary>
    [Fact]
    public void Phases_OfVeryDifferentLengths_CanAllBeSeen()
    {
        var axis = new EpochAxis(SampleReport.Curves(headEpochs: 100, epochs: 5), 0, 400);

        Assert.Equal([100, 5], axis.Phases.Select(phase => phase.Points.Count));
        Assert.InRange(axis.Phases[1].Right - axis.Phases[1].Left, 80, 200);
        Assert.Equal(400, axis.Phases[1].Right, 6);
        Assert.True(axis.Phases[0].Right < axis.Phases[1].Left);
    }

    [Fact]
    public void At_OnlyEpoch_IsTheMiddle()
    {
        var axis = new EpochAxis(SampleReport.Curves(headEpochs: 0, epochs: 1), 0, 400);

        Assert.Equal(200, Assert.Single(axis.Phases).At(axis.Phases[0].Points[0]));
        Assert.Single(axis.Phases[0].Numbered);
    }
}
