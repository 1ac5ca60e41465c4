using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using MLVision.Trainers.Weights.Published;
using static Trainers.Tests.Weights.Published.TemporaryWeightsCache;

namespace Trainers.Tests.Weights.Published;

public sealed class WeightsDownloadTests : IDisposable
{
    private const int Size = 3 << 20;
    private const int Cut = 1 << 20;

    private readonly TemporaryWeightsCache _cache = new();

    public void Dispose() => _cache.Dispose();

    [Fact]
    public void Fetch_ConnectionCutOnce_AsksForTheRestOnly()
    {
        using var server = new LoopbackServer(request =>
            LoopbackAnswer.Ranged(Content, request) with { CutAfter = request.From is null ? Cut : null });

        var path = _cache.Fetch(PublishedBy(server));

        Assert.Equal(Content, File.ReadAllBytes(path));
        Assert.Equal([null, Cut], server.Requests.Select(request => request.From));
    }

    [Fact]
    public void Fetch_ConnectionThatIsAlwaysCut_GivesUpAndKeepsWhatCame()
    {
        using var server = new LoopbackServer(request => LoopbackAnswer.Ranged(Content, request) with { CutAfter = 1000 });

        var error = Assert.Throws<WeightsDownloadException>(() => _cache.Fetch(PublishedBy(server)));

        Assert.StartsWith(
            $"The connection to {PublishedBy(server).Address} was cut 4 times, the last time at 4,000 of 3,145,728 bytes of " +
            $"{PublishedBy(server).FileName}: ",
            error.Message,
            StringComparison.Ordinal);
        Assert.EndsWith(" What has arrived is kept; the next attempt continues from there.", error.Message, StringComparison.Ordinal);
        Assert.Equal(Content[..4000], File.ReadAllBytes(_cache.Part));
    }

    [Fact]
    public void Fetch_PartOfAnEarlierCall_IsCompleted()
    {
        using var server = new LoopbackServer(request => LoopbackAnswer.Ranged(Content, request));
        File.WriteAllBytes(_cache.Part, Content[..Cut]);

        var path = _cache.Fetch(PublishedBy(server));

        Assert.Equal(Content, File.ReadAllBytes(path));
        Assert.Equal([Cut], server.Requests.Select(request => request.From));
    }

    [Fact]
    public void Fetch_PartThatIsWhole_IsRenamed()
    {
        using var server = new LoopbackServer(request => LoopbackAnswer.Ranged(Content, request));
        File.WriteAllBytes(_cache.Part, Content);

        var path = _cache.Fetch(PublishedBy(server));

        Assert.Equal(Content, File.ReadAllBytes(path));
        Assert.Equal([Size], server.Requests.Select(request => request.From));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(Size + 10)]
    public void Fetch_PartOfAnotherFile_StartsOverOnce(int length)
    {
        using var server = new LoopbackServer(request => LoopbackAnswer.Ranged(Content, request));
        File.WriteAllBytes(_cache.Part, new byte[length]);

        var path = _cache.Fetch(PublishedBy(server));

        Assert.Equal(Content, File.ReadAllBytes(path));
        Assert.Equal([length, null], server.Requests.Select(request => request.From));
    }

    [Fact]
    public void Fetch_ServerWithoutRanges_StartsOver()
    {
        using var server = new LoopbackServer(_ => LoopbackAnswer.Whole(Content));
        File.WriteAllBytes(_cache.Part, Content[..Cut]);

        var path = _cache.Fetch(PublishedBy(server));

        Assert.Equal(Content, File.ReadAllBytes(path));
        Assert.Single(server.Requests);
    }

    [Fact]
    public void Fetch_ServerThatSendsAnotherRange_StartsOver()
    {
        using var server = new LoopbackServer(request => LoopbackAnswer.Ranged(Content, request with { From = request.From + 1 }));
        File.WriteAllBytes(_cache.Part, Content[..Cut]);

        var path = _cache.Fetch(PublishedBy(server));

        Assert.Equal(Content, File.ReadAllBytes(path));
        Assert.Equal([Cut, null], server.Requests.Select(request => request.From));
    }

    [Fact]
    public void Fetch_Refusal_NamesAddressAndStatusAndTheWayByHand()
    {
        using var server = new LoopbackServer(_ => new LoopbackAnswer(404, []));

        var error = Assert.Throws<WeightsDownloadException>(() => _cache.Fetch(PublishedBy(server)));

        Assert.Equal(
            $"{PublishedBy(server).Address} answered 404 (NotFound) and sent no file. Try again, or fetch {PublishedBy(server).FileName} " +
            $"elsewhere and put it into '{_cache.Folder}' by hand.",
            error.Message);
    }

    [Fact]
    public void Fetch_Redirection_IsFollowedWithTheRange()
    {
        using var server = new LoopbackServer(request => request.Path.StartsWith("/mirror", StringComparison.Ordinal)
            ? LoopbackAnswer.Ranged(Content, request)
            : new LoopbackAnswer(302, []) { Headers = ["Location: /mirror/weights"] });
        File.WriteAllBytes(_cache.Part, Content[..Cut]);

        var path = _cache.Fetch(PublishedBy(server));

        Assert.Equal(Content, File.ReadAllBytes(path));
        Assert.Equal(new LoopbackRequest("/mirror/weights", Cut), server.Requests.Last());
    }

    [Fact]
    public void Fetch_RedirectionFromHttpsToHttp_IsRefused()
    {
        using var plain = new LoopbackServer(request => LoopbackAnswer.Ranged(Content, request));
        using var certificate = SelfSigned();
        using var server = new LoopbackServer(
            _ => new LoopbackAnswer(302, []) { Headers = [$"Location: {PublishedBy(plain).Address}"] }, certificate);

        var error = Assert.Throws<WeightsDownloadException>(() => _cache.Fetch(PublishedBy(server)));

        Assert.StartsWith(
            $"{PublishedBy(server).Address} leads to '{PublishedBy(plain).Address}', which is no https address, and nothing was fetched "
            + "from there.", error.Message, StringComparison.Ordinal);
        Assert.Equal("https", PublishedBy(server).Address!.Scheme);
        Assert.Empty(plain.Requests);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.org/weights")]
    [InlineData("data:text/plain,weights")]
    public void Fetch_RedirectionToAnotherKindOfAddress_IsRefused(string target)
    {
        using var server = new LoopbackServer(_ => new LoopbackAnswer(302, []) { Headers = [$"Location: {target}"] });

        var error = Assert.Throws<WeightsDownloadException>(() => _cache.Fetch(PublishedBy(server)));

        Assert.Contains($" leads to '{target}', which is no https address", error.Message, StringComparison.Ordinal);
        Assert.Equal([_cache.Stored + ".lock"], Directory.GetFiles(_cache.Folder));
    }

    [Fact]
    public void Fetch_RedirectionInACircle_Ends()
    {
        using var server = new LoopbackServer(_ => new LoopbackAnswer(302, []) { Headers = ["Location: /again"] });

        var error = Assert.Throws<WeightsDownloadException>(() => _cache.Fetch(PublishedBy(server)));

        Assert.StartsWith($"{PublishedBy(server).Address} leads on more than 5 times.", error.Message, StringComparison.Ordinal);
        Assert.Equal(6, server.Requests.Count);
    }

    [Fact]
    public void Fetch_MoreThanIsPublished_StopsBeforeItIsRead()
    {
        using var server = new LoopbackServer(request => LoopbackAnswer.Ranged(Content, request));

        var error = Assert.Throws<WeightsDownloadException>(() => _cache.Fetch(PublishedBy(server) with { Length = 1000 }));

        Assert.Equal(
            $"What {PublishedBy(server).Address} sends is not {PublishedBy(server).FileName}: it has 3,145,728 bytes or more instead of "
            + "1,000; nothing was kept.", error.Message);
        Assert.Equal([_cache.Stored + ".lock"], Directory.GetFiles(_cache.Folder));
    }

    [Fact]
    public void Fetch_WholeDigestOfAnotherFile_IsRefused()
    {
        using var server = new LoopbackServer(request => LoopbackAnswer.Ranged(Content, request));
        var whole = Convert.ToHexStringLower(SHA256.HashData(Content));
        var forged = whole[..8] + new string('0', 56);

        Assert.Contains(
            $"its SHA-256 is {whole} instead of {forged}.",
            Assert.Throws<WeightsDownloadException>(() => _cache.Fetch(PublishedBy(server) with { Sha256 = forged })).Message,
            StringComparison.Ordinal);
        Assert.Equal(Content, File.ReadAllBytes(_cache.Fetch(PublishedBy(server) with { Sha256 = whole, Length = Content.Length })));
    }

    [Fact]
    public void Fetch_ByteNowAndThen_CountsAsCut()
    {
        using var server = new LoopbackServer(request =>
            LoopbackAnswer.Ranged(Content, request) with { StallAfter = request.From is null ? Cut : null, Drips = request.From is null });
        var logger = new RecordingLogger();

        var path = _cache.Impatient().Fetch(PublishedBy(server), null, logger, TestContext.Current.CancellationToken);

        Assert.Equal(Content, File.ReadAllBytes(path));
        Assert.Contains(logger.Lines, line =>
            line.Message.EndsWith(": Less than 32,768 bytes came in 0.25 seconds.", StringComparison.Ordinal));
    }

    /// <summary>The first server calls its file by a tag; the next one has another file, which is sent from its start.</summary>
    [Theory]
    [InlineData("\"one\"", "\"one\"")]
    [InlineData("\"one\"", "\"two\"")]
    [InlineData("W/\"one\"", "W/\"one\"")]     // a weak tag says too little, so none is sent
    public void Fetch_PartOfAnEarlierCall_GoesOnOnlyInTheSameFile(string before, string now)
    {
        using (var first = new LoopbackServer(request =>
            LoopbackAnswer.Ranged(Content, request) with { CutAfter = 1000, Headers = Tag(before, request) }))
        {
            Assert.Throws<WeightsDownloadException>(() => _cache.Fetch(PublishedBy(first)));
        }

        using var server = new LoopbackServer(request =>
            request.IfRange is null || request.IfRange == now ? LoopbackAnswer.Ranged(Content, request) : LoopbackAnswer.Whole(Content));

        var path = _cache.Fetch(PublishedBy(server));

        Assert.Equal(Content, File.ReadAllBytes(path));
        Assert.Equal(before.StartsWith('W') ? null : before, server.Requests.Single().IfRange);
        Assert.Equal(4000, server.Requests.Single().From);
        Assert.Equal([path, path + ".lock"], Directory.GetFiles(_cache.Folder).Order(StringComparer.Ordinal));

        static string[] Tag(string tag, LoopbackRequest request) =>
            [$"ETag: {tag}", .. LoopbackAnswer.Ranged(Content, request).Headers];
    }

    [Fact]
    public void Fetch_NoServer_SaysHowToDoItByHand()
    {
        var weights = PublishedByNobody();

        var error = Assert.Throws<WeightsDownloadException>(() => _cache.Fetch(weights));

        Assert.StartsWith($"{weights.Address} cannot be reached: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            $" Try again, or fetch {weights.FileName} elsewhere and put it into '{_cache.Folder}' by hand.",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Fetch_Cancelled_StopsAndKeepsWhatCame()
    {
        using var server = new LoopbackServer(request => LoopbackAnswer.Ranged(Content, request) with { StallAfter = Cut });
        using var stop = new CancellationTokenSource();
        var progress = new RecordingDownloadProgress(report =>
        {
            if (report.Bytes == Cut)
            {
                stop.Cancel();
            }
        });

        Assert.ThrowsAny<OperationCanceledException>(() => _cache.In(_cache.Folder).Fetch(PublishedBy(server), progress, null, stop.Token));

        Assert.Equal(Content[..Cut], File.ReadAllBytes(_cache.Part));
        Assert.False(File.Exists(_cache.Stored));
    }

    [Fact]
    public void Fetch_ServerThatFallsSilent_CountsAsCut()
    {
        using var server = new LoopbackServer(request =>
            LoopbackAnswer.Ranged(Content, request) with { StallAfter = request.From is null ? Cut : null });
        var logger = new RecordingLogger();

        var path = _cache.Impatient().Fetch(PublishedBy(server), null, logger, TestContext.Current.CancellationToken);

        Assert.Equal(Content, File.ReadAllBytes(path));
        Assert.Contains(logger.Lines, line =>
            line.Level == LogLevel.Warning
            && line.Message.EndsWith(": Less than 32,768 bytes came in 0.25 seconds.", StringComparison.Ordinal));
    }

    [Fact]
    public void Fetch_Progress_GrowsToTheWhole()
    {
        using var server = new LoopbackServer(request => LoopbackAnswer.Ranged(Content, request));
        File.WriteAllBytes(_cache.Part, Content[..Cut]);
        var progress = new RecordingDownloadProgress();

        _cache.Fetch(PublishedBy(server), progress);

        Assert.Equal(Cut, progress.Reports[0].Bytes);
        Assert.Equal(progress.Reports.OrderBy(report => report.Bytes), progress.Reports);
        Assert.Equal(Size, progress.Reports[^1].Bytes);
        Assert.All(progress.Reports, report => Assert.Equal(Size, report.TotalBytes));
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={TestCertificate}", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));

        // Windows serves no certificate whose key is in memory only.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }
}
