using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Trainers.Tests.Weights.Published;

/// <summary>What the server was asked: the path, and where the range begins if one was asked for.</summary>
internal sealed record LoopbackRequest(string Path, long? From, string? IfRange = null);

/// <summary>What it answers.</summary>
internal sealed record LoopbackAnswer(int Status, byte[] Body)
{
    public string[] Headers { get; init; } = [];

    /// <summary>Cuts the connection after that many bytes of the body.</summary>
    public int? CutAfter { get; init; }

    /// <summary>Falls silent after that many bytes of the body, until the server is disposed.</summary>
    public int? StallAfter { get; init; }

    /// <summary>Whether it then sends a byte now and then instead of none.</summary>
    public bool Drips { get; init; }

    public static LoopbackAnswer Whole(byte[] content) => new(200, content);

    /// <summary>As a server that knows ranges answers.</summary>
    public static LoopbackAnswer Ranged(byte[] content, LoopbackRequest request) => request.From switch
    {
        null => Whole(content),
        var from when from >= content.Length => new(416, []) { Headers = [$"Content-Range: bytes */{content.Length}"] },
        var from => new(206, content[(int)from..]) { Headers = [$"Content-Range: bytes {from}-{content.Length - 1}/{content.Length}"] },
    };
}

/// <summary>An HTTP server on this machine that can also misbehave; HttpListener cannot cut a connection within a body.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<LoopbackRequest, LoopbackAnswer> _answer;
    private readonly X509Certificate2? _certificate;

    /// <summary>Listens on a free port; with a certificate it speaks https.</summary>
    public LoopbackServer(Func<LoopbackRequest, LoopbackAnswer> answer, X509Certificate2? certificate = null)
    {
        _answer = answer;
        _certificate = certificate;
        _listener.Start();
        _ = Listen();
    }

    public ConcurrentQueue<LoopbackRequest> Requests { get; } = [];

    public Uri Address(string fileName) => new($"{(_certificate is null ? "http" : "https")}://{_listener.LocalEndpoint}/{fileName}");

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task Listen()
    {
        try
        {
            while (true)
            {
                _ = Serve(await _listener.AcceptTcpClientAsync(_end.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the server was disposed
        }
    }

    private async Task Serve(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = await Open(client);
                var request = await Read(stream);
                Requests.Enqueue(request);
                await Write(stream, _answer(request));
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // the client hung up, or the server was disposed
            }
        }
    }

    private async Task<Stream> Open(TcpClient client)
    {
        if (_certificate is null)
        {
            return client.GetStream();
        }

        var secure = new SslStream(client.GetStream());
        await secure.AuthenticateAsServerAsync(_certificate);
        return secure;
    }

    private static async Task<LoopbackRequest> Read(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        var path = (await reader.ReadLineAsync())!.Split(' ')[1];
        long? from = null;
        string? ifRange = null;
        while (await reader.ReadLineAsync() is { Length: > 0 } header)
        {
            const string range = "Range: bytes=";
            const string condition = "If-Range: ";
            if (header.StartsWith(condition, StringComparison.OrdinalIgnoreCase))
            {
                ifRange = header[condition.Length..];
            }

            if (header.StartsWith(range, StringComparison.OrdinalIgnoreCase))
            {
                from = long.Parse(header[range.Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
            }
        }

        return new LoopbackRequest(path, from, ifRange);
    }

    private async Task Write(Stream stream, LoopbackAnswer answer)
    {
        string[] head =
        [
            $"HTTP/1.1 {answer.Status} {(HttpStatusCode)answer.Status}",
            $"Content-Length: {answer.Body.Length}",
            "Connection: close",
            .. answer.Headers,
        ];
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", head) + "\r\n\r\n"), _end.Token);
        var count = answer.CutAfter ?? answer.StallAfter ?? answer.Body.Length;
        await stream.WriteAsync(answer.Body.AsMemory(0, count), _end.Token);
        for (var i = count; answer.Drips && i < answer.Body.Length; i++)
        {
            await stream.WriteAsync(answer.Body.AsMemory(i, 1), _end.Token);
            await Task.Delay(10, _end.Token);
        }

        if (answer.StallAfter is not null)
        {
            await Task.Delay(Timeout.Infinite, _end.Token);
        }
    }
}
