namespace MLVision.MLNetExtensions.Files;

/// <summary>What tells one state of a file from another without reading it.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="LastWriteTimeUtc">When it was last written.</param>
internal readonly record struct FileStamp(long Length, DateTime LastWriteTimeUtc)
{
    /// <summary>The state of a file; null where there is none. A link counts as what it leads to.</summary>
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
            return null;    // in the middle of being replaced, or out of reach for now
        }
    }
}
