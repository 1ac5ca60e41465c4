using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MLVision.Trainers.Files;

namespace MLVision.Trainers.Weights.Published;

/// <summary>A folder of published weights, downloaded at their first use.</summary>
/// <param name="folder">Need not exist yet.</param>
/// <param name="client">Its own timeout must be off: a download may take any time while data arrives.</param>
internal sealed class WeightsCache(string folder, HttpClient client)
{
    /// <summary>What the folder is called in the user's cache.</summary>
    public const string FolderName = "weights";

    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    // One per process, as HttpClient should be used.
    private static readonly HttpClient Client = NewClient(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,      // WeightsDownload looks where a redirection leads to
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    });

    /// <summary>How long a server may send nothing before the connection counts as broken.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>This user's cache.</summary>
    /// <exception cref="WeightsDownloadException">The user has no folder for application data and has not named another.</exception>
    public static WeightsCache OfThisUser() => new(
        UserCache.Folder(FolderName) ?? throw new WeightsDownloadException(
            $"There is no folder to keep weights in: this user has none for application data. Name one in {UserCache.FolderVariable}."),
        Client);

    /// <summary>A client for a cache.</summary>
    public static HttpClient NewClient(HttpMessageHandler handler)
    {
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("mlvision");
        return client;
    }

    /// <summary>Returns the path of the weights' file, after downloading it if it is missing or damaged.</summary>
    /// <remarks>
    /// The file is hashed at each use. That takes less than a second for half a gigabyte, little against minutes of training; and a damaged
    /// file would otherwise cause a confusing error when it is read, or a model that learns badly. If the files are there, the folder may
    /// be read-only.
    /// </remarks>
    /// <exception cref="WeightsDownloadException">The file cannot be fetched or stored.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the next call continues with what has arrived.</exception>
    public string Fetch(
        PublishedWeights weights,
        IProgress<DownloadProgress>? progress = null,
        ILogger? logger = null,
        CancellationToken cancellationToken = default)
    {
        try
        {
            // On a thread-pool thread, so that a caller with a message loop can block here.
            return Task.Run(() => FetchAsync(weights, progress, logger ?? NullLogger.Instance, cancellationToken), cancellationToken)
                .GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WeightsDownloadException(
                $"{weights.FileName} cannot be stored in '{folder}': {e.Message} Make room or give access there, or name another " +
                $"folder in {UserCache.FolderVariable}.", e);
        }
    }

    private async Task<string> FetchAsync(
        PublishedWeights weights, IProgress<DownloadProgress>? progress, ILogger logger, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, weights.FileName);
        if (!weights.IsSha256Whole)
        {
            DownloadLog.CheckedByPrefix(logger, weights.FileName);
        }

        if (await IsWholeAsync(path, weights, cancellationToken))
        {
            return path;
        }

        Directory.CreateDirectory(folder);
        using var heldLock = await LockAsync(path, logger, cancellationToken);
        if (await IsWholeAsync(path, weights, cancellationToken))
        {
            return path; // downloaded by the call that this one waited for
        }

        if (File.Exists(path))
        {
            DownloadLog.Damaged(logger, path);
        }

        DownloadLog.Fetching(logger, weights.Address!, folder);
        var part = path + ".part";
        await new WeightsDownload(client, weights, part, StallTimeout, progress, logger).CompleteAsync(cancellationToken);
        File.Move(part, path, overwrite: true);
        return path;
    }

    private static async Task<bool> IsWholeAsync(string path, PublishedWeights weights, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        await using var file = File.OpenRead(path);
        return weights.MatchLength(file.Length) && weights.Match(await WeightsDownload.Sha256Async(file, cancellationToken));
    }

    /// <summary>Waits until no other thread or process downloads the file; the lock belongs to the caller until disposed.</summary>
    /// <remarks>
    /// The lock file stays: deleting it could let two callers hold a lock, one on the deleted file and one on its successor.
    /// </remarks>
    private static async Task<FileStream> LockAsync(string path, ILogger logger, CancellationToken cancellationToken)
    {
        for (var waited = false; ; waited = true)
        {
            try
            {
                return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e.HResult is WindowsSharingViolation or LinuxWouldBlock or MacWouldBlock)
            {
                if (!waited)
                {
                    DownloadLog.Waiting(logger, Path.GetFileName(path));
                }

                await Task.Delay(LookAgain, cancellationToken);
            }
        }
    }
}
