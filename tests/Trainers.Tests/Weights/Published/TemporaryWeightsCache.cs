using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using MLVision.Trainers.Weights.Published;

namespace Trainers.Tests.Weights.Published;

/// <summary>A weights cache of a test's own, and weights to fetch with it.</summary>
internal sealed class TemporaryWeightsCache : IDisposable
{
    /// <summary>Whose certificate the client trusts.</summary>
    public const string TestCertificate = "mlvision-test";

    /// <summary>What is published: three mebibytes.</summary>
    public static readonly byte[] Content = RandomBytes(3 << 20);

    private static readonly string FileName = $"net-{Digits(Content)}.pth";

    private readonly HttpClient _client = WeightsCache.NewClient(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == $"CN={TestCertificate}" },
    });

    public string Folder { get; } = Directory.CreateTempSubdirectory("weights-cache-").FullName;

    /// <summary>Where the fetched file lies.</summary>
    public string Stored => Path.Combine(Folder, FileName);

    /// <summary>Where its beginning lies until then.</summary>
    public string Part => Stored + ".part";

    public static string Digits(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content))[..8];

    public static PublishedWeights PublishedBy(LoopbackServer server) => PublishedAt(server.Address(FileName));

    /// <summary>Weights at an address where nobody listens.</summary>
    public static PublishedWeights PublishedByNobody()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return PublishedAt(new Uri($"http://{listener.LocalEndpoint}/{FileName}"));
    }

    public WeightsCache In(string folder) => new(folder, _client);

    /// <summary>A server counts as silent after a quarter of a second: plenty on the loopback, where bytes come in microseconds.</summary>
    public WeightsCache Impatient() => new(Folder, _client) { StallTimeout = TimeSpan.FromSeconds(0.25) };

    public string Fetch(PublishedWeights weights, IProgress<DownloadProgress>? progress = null, ILogger? logger = null) =>
        In(Folder).Fetch(weights, progress, logger, TestContext.Current.CancellationToken);

    public void Dispose()
    {
        _client.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static PublishedWeights PublishedAt(Uri address) => PublishedWeightsCatalog.Find("resnet20", "cifar10") with
    {
        Address = address,
        Sha256 = Digits(Content),
        Length = null,
    };

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
