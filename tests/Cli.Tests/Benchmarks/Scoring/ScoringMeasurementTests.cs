using MLVision.Cli.Benchmarks.Scoring;

namespace Cli.Tests.Benchmarks.Scoring;

public sealed class ScoringMeasurementTests
{
    private const double Idle = 50;

    private static readonly string[] Images = ["a", "b", "c", "d"];

    private readonly List<CountingPath> _opened = [];

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 3)]
    public void Measure_ThreeTurns_OpensOnceOrForEachTurn(bool staysOpen, int times)
    {
        using (var measurement = new ScoringMeasurement("way", Open, staysOpen))
        {
            foreach (var _ in Enumerable.Range(0, 3))
            {
                measurement.Measure(Images, warmUp: 4, warmUpAgain: 1, Idle, TestContext.Current.CancellationToken);
            }
        }

        Assert.Equal(times, _opened.Count);
        Assert.All(_opened, path => Assert.True(path.IsDisposed));
        // Each turn scores all images once for the figures; before, all where the way was opened, and one where it was open.
        Assert.Equal(staysOpen ? [4, 4, 1, 4, 1, 4] : [4, 4, 4, 4, 4, 4], _opened.SelectMany(path => path.Counts));
    }

    [Fact]
    public void Measure_Cancelled_Throws()
    {
        using var measurement = new ScoringMeasurement("way", Open, staysOpen: true);

        Assert.ThrowsAny<OperationCanceledException>(
            () => measurement.Measure(Images, 1, 1, Idle, new CancellationToken(canceled: true)));
    }

    private CountingPath Open()
    {
        _opened.Add(new CountingPath());
        return _opened[^1];
    }

    private sealed class CountingPath : ScoringPath
    {
        public List<int> Counts { get; } = [];

        public bool IsDisposed { get; private set; }

        public override int Score(IReadOnlyList<string> images, CancellationToken cancellationToken)
        {
            Counts.Add(images.Count);
            return images.Count;
        }

        public override void Dispose() => IsDisposed = true;
    }
}
