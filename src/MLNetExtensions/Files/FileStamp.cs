namespace MLVision.MLNetExtensions.Files;

/// <summary>Tells whether a file has changed, without reading it.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="LastWriteTimeUtc">When it was last written.</param>
internal readonly record struct FileStamp(long Length, DateTime LastWriteTimeUtc)
{
    /// <summary>The state of a file; null if there is none. For a link it is the state of its target.</summary>
    public static FileStamp? Of(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target)
            {
                file = target;
            }

            return file.Exists ? new FileStamp(file.Length, file.LastWriteTimeUtc) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;    // being replaced, or temporarily not accessible
        }
    }
}
