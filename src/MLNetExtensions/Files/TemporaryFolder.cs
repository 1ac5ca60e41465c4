namespace MLVision.MLNetExtensions.Files;

/// <summary>
/// A private folder for files that native code needs on disk. It is removed on disposal, or at the latest when the process ends. The next
/// process that makes such a folder removes those of killed processes.
/// </summary>
internal sealed class TemporaryFolder : IDisposable
{
    /// <summary>The beginning of the names of all such folders.</summary>
    public const string Prefix = "mlvision-";

    private static string? _sweptRoot;

    private readonly FolderClaim? _claim;

    public TemporaryFolder()
    {
        Path = Directory.CreateTempSubdirectory(Prefix).FullName;
        try
        {
            _claim = FolderClaim.Take(Path);
        }
        catch
        {
            Directory.Delete(Path, recursive: true);
            throw;
        }

        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
        SweepOnce(System.IO.Path.GetDirectoryName(Path)!);
    }

    /// <summary>Full path of the folder.</summary>
    public string Path { get; }

    /// <summary>Full path of a file in the folder.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        _claim?.Dispose();
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A scanner may hold a file open, or the folder is already gone: what remains stays in the system's temporary folder.
        }
    }

    /// <summary>Cleans up once per process and temporary folder, and only if locks show which processes still run.</summary>
    private void SweepOnce(string root)
    {
        if (_claim is not null && Interlocked.Exchange(ref _sweptRoot, root) != root)
        {
            LeftoverFolders.Sweep(root);
        }
    }

    private void OnProcessExit(object? sender, EventArgs e) => Dispose();
}
