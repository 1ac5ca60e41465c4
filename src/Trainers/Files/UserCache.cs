namespace MLVision.Trainers.Files;

/// <summary>The user's folder for files that can be made or downloaded again.</summary>
public static class UserCache
{
    /// <summary>The environment variable that moves the cache elsewhere.</summary>
    public const string FolderVariable = "MLVISION_CACHE";

    /// <summary>
    /// Full path of a sub-folder of the cache, or null if the user has no folder for application data and has not named another.
    /// </summary>
    /// <param name="kind">Name of the sub-folder, for example <c>weights</c>.</param>
    public static string? Folder(string kind)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(kind);
        var chosen = Environment.GetEnvironmentVariable(FolderVariable);
        if (!string.IsNullOrEmpty(chosen))
        {
            return Path.Combine(Path.GetFullPath(chosen), kind);
        }

        var applicationData = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        return applicationData.Length > 0 ? Path.Combine(applicationData, "mlvision", kind) : null;
    }
}
