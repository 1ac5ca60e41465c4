using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Scoring.Sessions;
using TestImages;

namespace MLNetExtensions.Tests.Scoring.Sessions;

public sealed class SessionBatchTests : IDisposable
{
    private const int Capacity = 9;

    private readonly ImageFiles _files = new();
    private readonly ClassifierSession _session;

    public SessionBatchTests() => _session = ClassifierSession.Open(
        TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, "model.onnx")), ComputeDevice.Cpu);

    public void Dispose()
    {
        _session.Dispose();
        _files.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_BatchesOfManySizes_HaveTheScoresOfEachImageAlone(bool isPadded)
    {
        if (isPadded)
        {
            _session.PadBatches();
        }

        using var batch = new SessionBatch(_session, Capacity);
        using var alone = new SessionBatch(_session, capacity: 1);
        var random = new Random(1);

        foreach (var count in new[] { 1, 3, 9, 2, 8, 1 })
        {
            for (var image = 0; image < count; image++)
            {
                random.NextBytes(batch.Pixels(image));
            }

            batch.Run(count);

            for (var image = 0; image < count; image++)
            {
                batch.Pixels(image).CopyTo(alone.Pixels(0));
                alone.Run(1);
                Assert.Equal(alone.Scores(0).ToArray(), batch.Scores(image).ToArray());
            }
        }
    }

    [Fact]
    public void Run_Padded_FillsUpWithBlack()
    {
        _session.PadBatches();
        using var batch = new SessionBatch(_session, Capacity);
        for (var image = 0; image < Capacity; image++)
        {
            batch.Pixels(image).Fill(200);
        }

        batch.Run(3);

        // Three images are padded to eight; the ninth is not part of the call.
        Assert.All(Enumerable.Range(0, Capacity), image => Assert.Equal(image is >= 3 and < 8 ? 0 : 200, batch.Pixels(image)[0]));
    }

    [Fact]
    public void WarmUp_EverySize_EndsWithTheSmallest()
    {
        _session.PadBatches();
        using var batch = new SessionBatch(_session, Capacity);

        batch.WarmUp();

        Assert.Equal(1, _session.Shapes.Of(1, Capacity));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Capacity + 1)]
    public void Run_NoImagesOrTooMany_Throws(int count)
    {
        using var batch = new SessionBatch(_session, Capacity);

        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Run(count));
    }
}
