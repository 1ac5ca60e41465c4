using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using MLVision.MLNetExtensions;

namespace MLVision.Trainers.Weights.Published;

/// <summary>Downloads one file into a <c>.part</c> file, over as many connections as needed.</summary>
/// <remarks>
/// Bounded are its length, by the published one, how slowly it may come, and where a redirection leads to: https only. A beginning that is
/// there goes on only where the server still has the same file, as its entity tag tells; what is not the published file is thrown away.
/// </remarks>
/// <param name="client">Follows no redirections; its own timeout is off.</param>
/// <param name="weights">The weights to download.</param>
/// <param name="part">Path of the file to fill; its present content counts as the beginning.</param>
/// <param name="stallTimeout">
/// How long the server may send less than <see cref="LeastBytes"/> before the connection counts as broken.
/// </param>
/// <param name="progress">Called at the start, for each further mebibyte, and at the end.</param>
/// <param name="logger">Receives lines about broken and resumed connections.</param>
internal sealed class WeightsDownload(
    HttpClient client, PublishedWeights weights, string part, TimeSpan stallTimeout, IProgress<DownloadProgress>? progress, ILogger logger)
{
    private const int MaxCuts = 4;
    private const int BufferBytes = 1 << 17;
    private const int HashBufferBytes = 1 << 20;
    private const long BytesBetweenReports = 1 << 20;
    private const int LeastBytes = 1 << 15;
    private const int MostRedirections = 5;
    private const long LongestFile = 4L << 30;      // the largest that is published has 0.6 GB

    private readonly string _tagFile = part + ".etag";
    private long? _total;

    private long MostBytes => weights.Length ?? LongestFile;

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
        try
        {
            await FillAndCheckAsync(cancellationToken);
        }
        catch (WeightsDownloadException) when (new FileInfo(part) is { Exists: true, Length: 0 })
        {
            File.Delete(part);
            File.Delete(_tagFile);
            throw;
        }
    }

    private async Task FillAndCheckAsync(CancellationToken cancellationToken)
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

        File.Delete(_tagFile);
        if (!weights.Match(found))
        {
            File.Delete(part);
            throw new WeightsDownloadException(
                $"What {weights.Address} sent is not {weights.FileName}: {weights.Difference(found)}. A proxy or a login page may have " +
                "answered instead; nothing was kept.");
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
            if (KnownTag() is { } tag)
            {
                request.Headers.IfRange = new RangeConditionHeaderValue(tag);
            }
        }

        using var response = await SendAsync(request, cancellationToken);
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK when file.Length == 0:
                break;
            case HttpStatusCode.OK: // the server does not support ranges, or has another file than the one that was begun
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

        if (file.Length == 0)
        {
            KeepTag(response.Headers.ETag);
        }

        file.Position = file.Length;
        _total = file.Length + response.Content.Headers.ContentLength;
        ThrowIfTooLong(file, _total ?? 0);
        await CopyAsync(response, file, cancellationToken);
    }

    /// <summary>What the server called the file that was begun; null if it gave it no name that can be relied upon.</summary>
    private EntityTagHeaderValue? KnownTag() =>
        File.Exists(_tagFile) && EntityTagHeaderValue.TryParse(File.ReadAllText(_tagFile), out var tag) ? tag : null;

    private void KeepTag(EntityTagHeaderValue? tag)
    {
        if (tag is { IsWeak: false })
        {
            File.WriteAllText(_tagFile, tag.ToString());
        }
        else
        {
            File.Delete(_tagFile);
        }
    }

    private void ThrowIfTooLong(FileStream file, long length)
    {
        if (length > MostBytes)
        {
            file.SetLength(0);
            throw new WeightsDownloadException(
                $"What {weights.Address} sends is not {weights.FileName}: it has {length:N0} bytes or more instead of " +
                $"{(weights.Length is null ? "at most " : "")}{MostBytes:N0}; nothing was kept.");
        }
    }

    private async Task CopyAsync(HttpResponseMessage response, FileStream file, CancellationToken cancellationToken)
    {
        Report(file);
        var reported = file.Length;

        // A server that sends a byte now and then is cut off as one that sends nothing is.
        var (window, inWindow) = (Stopwatch.StartNew(), 0);
        var buffer = new byte[BufferBytes];
        await using var body = await OnTheNetworkAsync(response.Content.ReadAsStreamAsync, cancellationToken);
        while (true)
        {
            var count = await OnTheNetworkAsync(
                token => body.ReadAsync(buffer, token).AsTask(), cancellationToken, alreadyWaited: window.Elapsed);
            if (count == 0)
            {
                break;
            }

            inWindow += count;
            if (inWindow >= LeastBytes)
            {
                window.Restart();
                inWindow = 0;
            }

            ThrowIfTooLong(file, file.Length + count);
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
            var address = weights.Address!;
            for (var redirections = 0; ; redirections++)
            {
                using var next = new HttpRequestMessage(HttpMethod.Get, address);
                (next.Headers.Range, next.Headers.IfRange) = (request.Headers.Range, request.Headers.IfRange);
                var response = await OnTheNetworkAsync(
                    token => client.SendAsync(next, HttpCompletionOption.ResponseHeadersRead, token), cancellationToken);
                if (response.Headers.Location is not { } location || !IsRedirection(response.StatusCode))
                {
                    return response;
                }

                response.Dispose();
                address = new Uri(address, location);
                ThrowIfElsewhere(address, redirections);
            }
        }
        catch (HttpRequestException e)
        {
            throw new WeightsDownloadException($"{weights.Address} cannot be reached: {e.Message.TrimEnd('.')}. {ByHand}", e);
        }
    }

    /// <summary>Runs a step that may stall or lose its connection, and distinguishes that from the caller's cancellation.</summary>
    private async Task<T> OnTheNetworkAsync<T>(
        Func<CancellationToken, Task<T>> step, CancellationToken cancellationToken, TimeSpan alreadyWaited = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(alreadyWaited < stallTimeout ? stallTimeout - alreadyWaited : TimeSpan.Zero);
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
            throw new ConnectionCutException(
                string.Create(
                    CultureInfo.InvariantCulture, $"Less than {LeastBytes:N0} bytes came in {stallTimeout.TotalSeconds} seconds."),
                e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded })
        {
            throw new ConnectionCutException(e.Message, e);
        }
    }

    private static bool IsRedirection(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found
        or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    /// <summary>Every address of the catalog is of https; from there no way leads to anything else.</summary>
    private void ThrowIfElsewhere(Uri target, int redirections)
    {
        if (target.Scheme != Uri.UriSchemeHttps && !(target.Scheme == Uri.UriSchemeHttp && weights.Address!.Scheme == Uri.UriSchemeHttp))
        {
            throw new WeightsDownloadException(
                $"{weights.Address} leads to {ForeignText.Quote(target.ToString())}, which is no https address, and nothing was fetched " +
                $"from there. {ByHand}");
        }

        if (redirections >= MostRedirections)
        {
            throw new WeightsDownloadException($"{weights.Address} leads on more than {MostRedirections} times. {ByHand}");
        }
    }

    private string ByHand =>
        $"Try again, or fetch {weights.FileName} elsewhere and put it into '{Path.GetDirectoryName(part)}' by hand.";

    private sealed class ConnectionCutException(string message, Exception? inner = null) : Exception(message, inner);
}
