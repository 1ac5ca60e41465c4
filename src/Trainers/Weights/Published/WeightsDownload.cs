using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace MLVision.Trainers.Weights.Published;

/// <summary>Downloads one file into a <c>.part</c> file, over as many connections as needed.</summary>
/// <param name="client">Follows redirects; its own timeout is off.</param>
/// <param name="weights">The weights to download.</param>
/// <param name="part">Path of the file to fill; its present content counts as the beginning.</param>
/// <param name="stallTimeout">How long the server may send nothing before the connection counts as broken.</param>
/// <param name="progress">Called at the start, for each further mebibyte, and at the end.</param>
/// <param name="logger">Receives lines about broken and resumed connections.</param>
internal sealed class WeightsDownload(
    HttpClient client, PublishedWeights weights, string part, TimeSpan stallTimeout, IProgress<DownloadProgress>? progress, ILogger logger)
{
    private const int MaxCuts = 4;
    private const int BufferBytes = 1 << 17;
    private const int HashBufferBytes = 1 << 20;
    private const long BytesBetweenReports = 1 << 20;

    private long? _total;

    /// <summary>The SHA-256 of a file from its beginning, in lower-case hexadecimal digits.</summary>
    public static async Task<string> Sha256Async(Stream file, CancellationToken cancellationToken)
    {
        // SHA256.HashDataAsync reads four kilobytes at a time, which takes half as long again.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[HashBufferBytes];
        file.Position = 0;
        int count;
        while ((count = await file.ReadAsync(buffer, cancellationToken)) > 0)
        {
            hash.AppendData(buffer.AsSpan(0, count));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Downloads what is missing and checks the whole file.</summary>
    /// <exception cref="WeightsDownloadException">The server cannot be reached, refuses, breaks off again and again, or sends something
    /// else.</exception>
    /// <exception cref="IOException">The part file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the part file stays.</exception>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        string found;
        await using (var file = new FileStream(
            part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.Asynchronous))
        {
            var pieces = await FillAsync(file, cancellationToken);
            found = await Sha256Async(file, cancellationToken);
            if (!weights.Match(found) && pieces > 1)
            {
                // The pieces may come from different versions or servers; a file in one piece cannot.
                DownloadLog.Mixed(logger, weights.FileName);
                file.SetLength(0);
                await FillAsync(file, cancellationToken);
                found = await Sha256Async(file, cancellationToken);
            }
        }

        if (!weights.Match(found))
        {
            File.Delete(part);
            throw new WeightsDownloadException(
                $"What {weights.Address} sent is not {weights.FileName}: its SHA-256 begins with {found[..weights.Sha256Prefix.Length]} " +
                $"instead of {weights.Sha256Prefix}. A proxy or a login page may have answered instead; nothing was kept.");
        }
    }

    /// <summary>Downloads until nothing is missing; returns the number of pieces of the file.</summary>
    private async Task<int> FillAsync(FileStream file, CancellationToken cancellationToken)
    {
        var pieces = file.Length > 0 ? 2 : 1;
        for (var cuts = 1; ; cuts++)
        {
            try
            {
                await AppendAsync(file, cancellationToken);
                return pieces;
            }
            catch (ConnectionCutException e) when (cuts < MaxCuts)
            {
                DownloadLog.Cut(logger, weights.FileName, file.Length, e.Message);
                pieces++;
            }
            catch (ConnectionCutException e)
            {
                var place = _total is null ? $"{file.Length:N0} bytes" : $"{file.Length:N0} of {_total:N0} bytes";
                throw new WeightsDownloadException(
                    $"The connection to {weights.Address} was cut {cuts} times, the last time at {place} of {weights.FileName}: " +
                    $"{e.Message} What has arrived is kept; the next attempt continues from there.", e);
            }
        }
    }

    /// <summary>Sends one request for what is missing and writes the answer.</summary>
    private async Task AppendAsync(FileStream file, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, weights.Address);
        if (file.Length > 0)
        {
            DownloadLog.Resuming(logger, weights.FileName, file.Length);
            request.Headers.Range = new RangeHeaderValue(file.Length, null);
        }

        using var response = await SendAsync(request, cancellationToken);
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK when file.Length == 0:
                break;
            case HttpStatusCode.OK: // the server does not support ranges
                file.SetLength(0);
                break;
            case HttpStatusCode.PartialContent when response.Content.Headers.ContentRange?.From == file.Length:
                break;
            case HttpStatusCode.PartialContent:
                file.SetLength(0);
                throw new ConnectionCutException("The server sent another range than it was asked for.");
            case HttpStatusCode.RequestedRangeNotSatisfiable when file.Length > 0:
                return; // nothing is missing; otherwise the checksum will show it
            default:
                throw new WeightsDownloadException(
                    $"{weights.Address} answered {(int)response.StatusCode} ({response.ReasonPhrase}) and sent no file. {ByHand}");
        }

        file.Position = file.Length;
        _total = file.Length + response.Content.Headers.ContentLength;
        await CopyAsync(response, file, cancellationToken);
    }

    private async Task CopyAsync(HttpResponseMessage response, FileStream file, CancellationToken cancellationToken)
    {
        Report(file);
        var reported = file.Length;
        var buffer = new byte[BufferBytes];
        await using var body = await OnTheNetworkAsync(response.Content.ReadAsStreamAsync, cancellationToken);
        while (true)
        {
            var count = await OnTheNetworkAsync(token => body.ReadAsync(buffer, token).AsTask(), cancellationToken);
            if (count == 0)
            {
                break;
            }

            await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            if (file.Length - reported >= BytesBetweenReports)
            {
                reported = file.Length;
                Report(file);
            }
        }

        Report(file);
    }

    private void Report(FileStream file) => progress?.Report(new DownloadProgress(weights.FileName, file.Length, _total));

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await OnTheNetworkAsync(
                token => client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token), cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new WeightsDownloadException($"{weights.Address} cannot be reached: {e.Message.TrimEnd('.')}. {ByHand}", e);
        }
    }

    /// <summary>Runs a step that may stall or lose its connection, and distinguishes that from the caller's cancellation.</summary>
    private async Task<T> OnTheNetworkAsync<T>(Func<CancellationToken, Task<T>> step, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(stallTimeout);
        try
        {
            return await step(patience.Token);
        }
        catch (OperationCanceledException e) when (e.InnerException is TimeoutException && !cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException(e.InnerException.Message, e); // no connection within ConnectTimeout
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ConnectionCutException($"Nothing came for {stallTimeout.TotalSeconds} seconds.", e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded })
        {
            throw new ConnectionCutException(e.Message, e);
        }
    }

    private string ByHand =>
        $"Try again, or fetch {weights.FileName} elsewhere and put it into '{Path.GetDirectoryName(part)}' by hand.";

    private sealed class ConnectionCutException(string message, Exception? inner = null) : Exception(message, inner);
}
