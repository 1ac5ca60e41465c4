using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Quantization.Accuracy;

namespace MLNetExtensions.Tests.Quantization.Accuracy;

public sealed class AccuracyGateTests
{
    private static readonly string[] Ranking = [.. Enumerable.Range(0, 20).Select(i => $"layer{i}")];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(13)]
    [InlineData(20)]
    public void PutBack_SoManyLayersNeeded_PutsBackExactlyThose(int needed)
    {
        var tried = new List<int>();
        IReadOnlyList<string> Quantise(IReadOnlyList<string> floatLayers)
        {
            tried.Add(floatLayers.Count);
            return floatLayers;
        }

        var found = new AccuracyGate(0.5, 20).PutBack(Ranking, Quantise, layers => layers.Count >= needed ? 0.5 : 0.6);

        Assert.Equal(Ranking.Take(needed), found);
        Assert.Equal(tried.Distinct(), tried);
        Assert.InRange(tried.Count, 1, 10);     // 2·log₂(20) and a few for the rounding
    }

    [Fact]
    public void PutBack_NeverEnough_SaysTheLeastDropAndItsLayers()
    {
        var gate = new AccuracyGate(0.5, 3);

        var error = Assert.Throws<AccuracyDropException>(
            () => gate.PutBack(Ranking, layers => layers, layers => layers.Count == 2 ? 4 : 6.25));

        Assert.Equal(4, error.DropPoints);
        Assert.Equal(["layer0", "layer1"], error.FloatLayers);
        Assert.Equal(
            "The quantised model loses 4 points of accuracy even with 2 of its layers in float (layer0, layer1), more than the 0.5 " +
            "allowed: " +
            "calibrate by another method or on more images, allow a larger drop, or turn the gate off.",
            error.Message);
    }

    [Fact]
    public void PutBack_NoLayerMayBeFloat_Refuses()
    {
        var error = Assert.Throws<AccuracyDropException>(() => new AccuracyGate(0.5, 0).PutBack(Ranking, layers => layers, _ => 1));

        Assert.StartsWith(
            "The quantised model loses 1 points of accuracy, more than the 0.5 allowed", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.8135, 0.8085, true)]      // 100·(0.8135 − 0.8085) is 0.50000000000000044 in floating point
    [InlineData(0.8135, 0.8080, false)]
    [InlineData(0.8135, 0.9000, true)]
    public void Allows_Drop_IsComparedWithTheLimit(double before, double after, bool expected) =>
        Assert.Equal(expected, new AccuracyGate(0.5, 0).Allows(100 * (before - after)));
}
