using MLVision.MLNetExtensions.Quantization.Accuracy;

namespace MLNetExtensions.Tests.Quantization.Accuracy;

public sealed class LayerSensitivityTests
{
    private static readonly string[] Layers = [.. Enumerable.Range(0, 100).Select(i => $"layer{i}")];

    [Fact]
    public void Rank_TwoHostileLayersAmongAHundred_FindsThemWithFewMeasurements()
    {
        var measured = 0;
        double Noise(IReadOnlySet<string> quantised)
        {
            measured++;
            return (quantised.Contains("layer17") ? 5 : 0) + (quantised.Contains("layer81") ? 9 : 0) + (0.0001 * quantised.Count);
        }

        var ranking = LayerSensitivity.Rank(Layers, Noise);

        Assert.Equal(["layer81", "layer17"], ranking.Take(2));
        Assert.Equal(Layers.Order(StringComparer.Ordinal), ranking.Order(StringComparer.Ordinal));
        Assert.InRange(measured, 1, 30);        // 2·log₂(100) for each is 27, and they share the first
    }

    [Fact]
    public void Rank_NoiseSpreadEvenly_StopsAtTheMostMeasurements()
    {
        var measured = 0;
        double Noise(IReadOnlySet<string> quantised)
        {
            measured++;
            return quantised.Count;
        }

        var ranking = LayerSensitivity.Rank(Layers, Noise);

        Assert.Equal(LayerSensitivity.MostMeasurements, measured);
        Assert.Equal(Layers.Length, ranking.Distinct().Count());
    }

    [Fact]
    public void Rank_LayerThatBreaksTheScores_ComesFirst()
    {
        var ranking = LayerSensitivity.Rank(
            Layers, quantised => quantised.Contains("layer42") ? double.PositiveInfinity : quantised.Contains("layer3") ? 7 : 0);

        Assert.Equal(["layer42", "layer3"], ranking.Take(2));
    }

    [Fact]
    public void Rank_NoNoiseAtAll_NamesEveryLayerOnce()
    {
        var ranking = LayerSensitivity.Rank(Layers, _ => 0);

        Assert.Equal(Layers.Order(StringComparer.Ordinal), ranking.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Rank_OneLayer_NeedsNoMeasurement()
    {
        var ranking = LayerSensitivity.Rank(["only"], _ => throw new InvalidOperationException("There is nothing to compare with."));

        Assert.Equal(["only"], ranking);
    }
}
