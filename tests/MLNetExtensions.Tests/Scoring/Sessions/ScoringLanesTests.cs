using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Scoring.Sessions;
using TestImages;

namespace MLNetExtensions.Tests.Scoring.Sessions;

public sealed class ScoringLanesTests : IDisposable
{
    private const string Name = "lanes-test";
    private const int Capacity = 3;

    // The classes of TinyClassifier are the strongest of red, green and blue.
    private static readonly byte[] Red = [.. Colour(255, 0, 0)];
    private static readonly byte[] Blue = [.. Colour(0, 0, 255)];

    private readonly ImageFiles _files = new();
    private readonly ClassifierSession _session;
    private readonly ScoringLanes _lanes;

    public ScoringLanesTests()
    {
        var model = TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, "model.onnx"));
        _session = ClassifierSession.Open(ModelContent.OfFile(model), ComputeDevice.Cpu);
        _lanes = new ScoringLanes(_session, new ScoringMetrics(Name, _session.Device), OneLane);
    }

    private static LanePlan OneLane { get; } = LanePlan.Of(ComputeDevice.Cpu, threads: 1, Capacity);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _lanes.Dispose();
        _session.Dispose();
        _files.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_SomeImagesUnreadable_ScoresTheOthersInTheirPlaces(bool isAsync)
    {
        var batch = new Batch(Blue, null, Red);

        await RunAsync(isAsync, batch, Token);

        Assert.Equal<string?>([null, "broken", null], batch.Reasons.AsEnumerable());
        Assert.Equal([2, null, 0], batch.Best);
    }

    [Fact]
    public void Run_FewerImagesThanFit_RunsSoManyAndNoMore()
    {
        using var measured = new RecordedMetrics(Name);

        _lanes.Run(new Batch(Red, Blue), Batch.Fill, Batch.Take, Token);
        _lanes.Run(new Batch(Red), Batch.Fill, Batch.Take, Token);

        Assert.Equal([1, 2], measured.Batches);
    }

    [Fact]
    public void Run_NothingReadable_TakesWithoutARun()
    {
        using var measured = new RecordedMetrics(Name);
        var batch = new Batch(null, null);

        _lanes.Run(batch, Batch.Fill, Batch.Take, Token);

        Assert.True(batch.IsTaken);
        Assert.Equal((0, 2), (measured.Batches.Count(), measured.Errors));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_FillThrows_GivesTheLaneBack(bool isAsync)
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => RunAsync(
            isAsync, new Batch(Red) { WhileFilling = () => throw new InvalidDataException() }, Token));

        await AssertTheLaneIsFreeAndEmptyAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_TakeThrows_GivesTheLaneBack(bool isAsync)
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => RunAsync(
            isAsync, new Batch(Red) { WhileTaking = () => throw new InvalidDataException() }, Token));

        await AssertTheLaneIsFreeAndEmptyAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_CancelledBetweenImages_ReadsNoMoreAndGivesTheLaneBack(bool isAsync)
    {
        using var source = new CancellationTokenSource();
        var batch = new Batch(Red, Blue) { WhileFilling = source.Cancel };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(isAsync, batch, source.Token));

        Assert.Equal((1, false), (batch.ImagesRead, batch.IsTaken));
        await AssertTheLaneIsFreeAndEmptyAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_CancelledAfterTheLastImage_DoesNotRunTheModel(bool isAsync)
    {
        using var measured = new RecordedMetrics(Name);
        using var source = new CancellationTokenSource();
        var batch = new Batch(Red) { WhileFilling = source.Cancel };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(isAsync, batch, source.Token));

        Assert.Equal((0, false), (measured.InferenceTimes, batch.IsTaken));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_CancelledWhileAllLanesAreTaken_EndsTheWait(bool isAsync)
    {
        using var source = new CancellationTokenSource();
        Task? waiting = null;

        _lanes.Run(
            new Batch(Red)
            {
                WhileTaking = () =>
                {
                    waiting = Task.Run(() => RunAsync(isAsync, new Batch(Blue), source.Token), Token);
                    source.Cancel();
                    Assert.ThrowsAny<OperationCanceledException>(() => waiting.GetAwaiter().GetResult());
                },
            },
            Batch.Fill, Batch.Take, Token);

        Assert.True(waiting?.IsCanceled);
        await AssertTheLaneIsFreeAndEmptyAsync();
    }

    [Fact]
    public void Run_ScoresThatAreNoNumbers_AreCountedAsErrors()
    {
        var model = TinyClassifier.Model();
        model.Graph.Initializer[0].RawData = Google.Protobuf.ByteString.CopyFrom(BitConverter.GetBytes(float.NaN));
        using var session = ClassifierSession.OpenUntried(
            ModelContent.OfMade(model, "damaged"), ComputeDevice.Cpu);
        using var measured = new RecordedMetrics("damaged-lanes-test");
        using var lanes = new ScoringLanes(session, new ScoringMetrics("damaged-lanes-test", session.Device), OneLane);
        var batch = new Batch(Red, Blue);

        lanes.Run(batch, Batch.Fill, Batch.Take, Token);

        Assert.Equal([null, null], batch.Best);
        Assert.Equal((2, 2), (measured.Images, measured.Errors));
    }

    private static IEnumerable<byte> Colour(byte red, byte green, byte blue) =>
        Enumerable.Repeat<byte[]>([red, green, blue], TinyClassifier.ImageSize * TinyClassifier.ImageSize).SelectMany(pixel => pixel);

    private async Task RunAsync(bool isAsync, Batch batch, CancellationToken cancellationToken)
    {
        if (isAsync)
        {
            await _lanes.RunAsync(batch, Batch.Fill, Batch.Take, cancellationToken);
        }
        else
        {
            _lanes.Run(batch, Batch.Fill, Batch.Take, cancellationToken);
        }
    }

    /// <summary>There is one lane: whoever kept it would leave the next call to wait for ever.</summary>
    private async Task AssertTheLaneIsFreeAndEmptyAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var batch = new Batch(Blue);

        await RunAsync(isAsync: true, batch, patience.Token);

        Assert.Equal([2], batch.Best);
    }

    /// <summary>Images as their pixels, null where one cannot be read, and what becomes of them.</summary>
    private sealed class Batch(params byte[]?[] images)
    {
        public string?[] Reasons { get; } = new string?[images.Length];

        public int?[] Best { get; } = new int?[images.Length];

        public int ImagesRead { get; private set; }

        public bool IsTaken { get; private set; }

        public Action? WhileFilling { get; init; }

        public Action? WhileTaking { get; init; }

        public static void Fill(Batch batch, ScoringLane lane) => batch.Fill(lane);

        public static void Take(Batch batch, ScoringLane lane) => batch.Take(lane);

        private void Fill(ScoringLane lane)
        {
            for (var i = 0; i < images.Length; i++)
            {
                Reasons[i] = lane.Add(i, images[i], static (image, pixels) =>
                {
                    image?.CopyTo(pixels);
                    return image is null ? "broken" : null;
                });
                ImagesRead++;
                WhileFilling?.Invoke();
            }
        }

        private void Take(ScoringLane lane)
        {
            IsTaken = true;
            WhileTaking?.Invoke();
            for (var i = 0; i < lane.Count; i++)
            {
                Best[lane.Place(i)] = lane.HasNumbers(i) ? lane.Scores(i).IndexOf(lane.Scores(i).ToArray().Max()) : null;
            }
        }
    }
}
