namespace MLVision.Trainers.Native;

/// <summary>The folders that may contain a package's native libraries, in order of preference.</summary>
/// <param name="folders">Absolute paths; a folder need not exist.</param>
internal sealed class NativeFolders(IEnumerable<string> folders)
{
    private readonly string[] folders = [
        .. folders.Where(folder => folder.Length > 0).Select(Path.TrimEndingDirectorySeparator).Distinct()];

    /// <summary>
    /// The folders that the host gave the runtime (for packages, self-contained and single-file applications), then the application's own
    /// folder and its runtimes/&lt;rid&gt;/native, for processes that another host started.
    /// </summary>
    public static NativeFolders OfThisProcess()
    {
        var fromHost = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "").Split(Path.PathSeparator);
        var application = AppContext.BaseDirectory;
        return new NativeFolders(
            [.. fromHost, application, Path.Combine(application, "runtimes", TorchNativeFiles.ThisPlatform, "native")]);
    }

    /// <summary>The first file of that name, or null.</summary>
    public string? Find(string fileName) => folders.Select(folder => Path.Combine(folder, fileName)).FirstOrDefault(File.Exists);

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", folders);
}
