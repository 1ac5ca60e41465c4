namespace MLVision.Trainers.Files;

/// <summary>The folder where this user's machine keeps what can be made or fetched again.</summary>
internal static class UserCache
{
    /// <summary>Names the environment variable that moves the cache elsewhere.</summary>
    public const string FolderVariable = "MLVISION_CACHE";

    /// <summary>
    /// Full path of the sub-folder for one kind of thing, or null where the user has no folder for application data and named none.
    /// </summary>
    public static string? Folder(string kind)
    {
        var chosen = Environment.GetEnvironmentVariable(FolderVariable);
        if (!string.IsNullOrEmpty(chosen))
        {
            return Path.Combine(Path.GetFullPath(chosen), kind);
        }

        var applicationData = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        return applicationData.Length > 0 ? Path.Combine(applicationData, "mlvision", kind) : null;
    }
}
