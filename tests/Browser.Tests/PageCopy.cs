namespace Browser.Tests;

/// <summary>A copy of a page's folder, to be damaged.</summary>
internal sealed class PageCopy : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public PageCopy(string page)
    {
        foreach (var file in Directory.EnumerateFiles(page, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(Folder, Path.GetRelativePath(page, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public string Folder => _folder.FullName;

    public void Delete(string name) => File.Delete(Path.Combine(Folder, name));

    public void Dispose() => _folder.Delete(recursive: true);
}
