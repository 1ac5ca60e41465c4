using Microsoft.Extensions.Logging;
using MLVision.Trainers.Weights.Published;
using static Trainers.Tests.Weights.Published.TemporaryWeightsCache;

namespace Trainers.Tests.Weights.Published;

public sealed class WeightsCacheTests : IDisposable
{
    private readonly TemporaryWeightsCache _cache = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _cache.Dispose();

    [Fact]
    public void Fetch_NewFile_IsStoredUnderItsName()
    {
        using var server = new LoopbackServer(request => LoopbackAnswer.Ranged(Content, request));

        var path = _cache.Fetch(PublishedBy(server));

        Assert.Equal(Path.Combine(_cache.Folder, $"net-{Digits(Content)}.pth"), path);
        Assert.Equal(Content, File.ReadAllBytes(path));
        Assert.False(File.Exists(path + ".part"));
    }

    [Fact]
    public void Fetch_FolderThatIsNotThere_IsMade()
    {
        using var server = new LoopbackServer(request => LoopbackAnswer.Ranged(Content, request));

        var path = _cache.In(Path.Combine(_cache.Folder, "a", "b")).Fetch(PublishedBy(server), cancellationToken: Stop);

        Assert.Equal(Content, File.ReadAllBytes(path));
    }

    [Fact]
    public void Fetch_FileThatIsThere_AsksNoServer()
    {
        using var server = new LoopbackServer(request => LoopbackAnswer.Ranged(Content, request));
        _cache.Fetch(PublishedBy(server));

        _cache.Fetch(PublishedBy(server));

        Assert.Single(server.Requests);
    }

    [Fact]
    public void Fetch_DamagedFile_IsFetchedAgain()
    {
        using var server = new LoopbackServer(request => LoopbackAnswer.Ranged(Content, request));
        File.WriteAllBytes(_cache.Stored, Content[..^1]);
        var logger = new RecordingLogger();

        var path = _cache.Fetch(PublishedBy(server), logger: logger);

        Assert.Equal(Content, File.ReadAllBytes(path));
        Assert.Contains((LogLevel.Warning, $"{path} is damaged and is fetched again."), logger.Lines);
    }

    [Fact]
    public void Fetch_WrongContent_SaysWhatCameAndKeepsNothing()
    {
        using var server = new LoopbackServer(_ => LoopbackAnswer.Whole([1, 2, 3]));

        var error = Assert.Throws<WeightsDownloadException>(() => _cache.Fetch(PublishedBy(server)));

        // SHA-256 of the bytes 1, 2, 3: 039058c6f2c0cb49…
        Assert.Equal(
            $"What {PublishedBy(server).Address} sent is not {PublishedBy(server).FileName}: its SHA-256 begins with 039058c6 instead of " +
            $"{Digits(Content)}. A proxy or a login page may have answered instead; nothing was kept.",
            error.Message);
        Assert.Single(server.Requests);
        Assert.Equal([_cache.Stored + ".lock"], Directory.GetFiles(_cache.Folder));
    }

    [Fact]
    public void Fetch_FilePutThereByHand_NeedsNoServer()
    {
        File.WriteAllBytes(_cache.Stored, Content);

        Assert.Equal(_cache.Stored, _cache.Fetch(PublishedByNobody()));
    }

    [Fact]
    public void Fetch_ManyAtOnce_FetchOnce()
    {
        using var server = new LoopbackServer(request => LoopbackAnswer.Ranged(Content, request));
        using var start = new Barrier(4);
        var read = new byte[4][];
        var threads = Enumerable.Range(0, 4).Select(index => new Thread(() =>
        {
            start.SignalAndWait();
            read[index] = File.ReadAllBytes(_cache.Fetch(PublishedBy(server)));
        })).ToList();

        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.All(read, bytes => Assert.Equal(Content, bytes));
        Assert.Single(server.Requests);
    }

    [Fact]
    public void Fetch_FolderThatCannotBeMade_SaysSo()
    {
        using var server = new LoopbackServer(request => LoopbackAnswer.Ranged(Content, request));
        var file = Path.Combine(_cache.Folder, "file");
        File.WriteAllBytes(file, []);

        var error = Assert.Throws<WeightsDownloadException>(() => _cache.In(file).Fetch(PublishedBy(server), cancellationToken: Stop));

        Assert.StartsWith($"{PublishedBy(server).FileName} cannot be stored in '{file}': ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            " Make room or give access there, or name another folder in MLVISION_CACHE.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fetch_FullDisk_SaysSo()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "Linux alone has a device that is always full.");
        using var server = new LoopbackServer(request => LoopbackAnswer.Ranged(Content, request));
        File.CreateSymbolicLink(_cache.Part, "/dev/full");

        var error = Assert.Throws<WeightsDownloadException>(() => _cache.Fetch(PublishedBy(server)));

        Assert.StartsWith(
            $"{PublishedBy(server).FileName} cannot be stored in '{_cache.Folder}': No space left",
            error.Message,
            StringComparison.Ordinal);
    }
}
