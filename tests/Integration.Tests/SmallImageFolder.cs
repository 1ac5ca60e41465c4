namespace Integration.Tests;

/// <summary>A few images of Fashion-MNIST in a folder per class, and a folder for what is made of them; gone when disposed.</summary>
internal sealed class SmallImageFolder : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory();

    public SmallImageFolder(int imagesPerClass, params string[] labels)
    {
        foreach (var label in labels)
        {
            var target = Directory.CreateDirectory(Path.Combine(Data, label)).FullName;
            foreach (var image in Directory.GetFiles(Path.Combine(Places.FashionMnist, "train", label)).Order(StringComparer.Ordinal)
                .Take(imagesPerClass))
            {
                File.Copy(image, Path.Combine(target, Path.GetFileName(image)));
            }
        }
    }

    /// <summary>The images.</summary>
    public string Data => Path.Combine(_root.FullName, "data");

    /// <summary>A path beside the images; nothing is there yet.</summary>
    public string Beside(string name) => Path.Combine(_root.FullName, name);

    public void Dispose() => _root.Delete(recursive: true);
}
