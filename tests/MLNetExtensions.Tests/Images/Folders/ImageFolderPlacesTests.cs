using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images.Folders;
using TestImages;

namespace MLNetExtensions.Tests.Images.Folders;

/// <summary>Names that stand for images, parts of a data set, and places where nothing should be written.</summary>
public sealed class ImageFolderPlacesTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Find_FileFolderOrPattern_ListsImagesInOrder()
    {
        string[] images = [_files.AddImage("roses/2.png"), _files.AddImage("roses/1.png"), _files.AddImage("tulips/1.png")];
        var text = _files.AddFile("roses/notes.txt", 1);

        Assert.Equal([text], ImageFolder.Find(text));     // whoever reads it says what is wrong with it
        Assert.Equal([images[1], images[0]], ImageFolder.Find(Path.Combine(_files.Folder, "roses")));
        Assert.Equal([images[1], images[2]], ImageFolder.Find(Path.Combine(_files.Folder, "*", "1.*")));
        Assert.Equal([images[1], images[0]], ImageFolder.Find(Path.Combine(_files.Folder, "roses", "[12]*")));
    }

    [Fact]
    public void Find_PatternWithoutImages_SaysSo()
    {
        _files.AddFile("roses/notes.txt", 1);
        var pattern = Path.Combine(_files.Folder, "roses", "*");

        var error = Assert.Throws<ImageDataException>(() => ImageFolder.Find(pattern));

        Assert.StartsWith($"No image matches '{pattern}'. Ignored 1 file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_PartsOfADataSet_NamesThem()
    {
        foreach (var part in new[] { "train", "val", "test" })
        {
            _files.AddImage($"{part}/rose/1.png");
            _files.AddImage($"{part}/tulip/1.png");
        }

        var error = Assert.Throws<SplitFoldersException>(() => ImageFolder.Read(_files.Folder));

        Assert.Equal(
            (In("train"), In("val"), In("test")), (error.ToLearn, error.ToValidate, error.ToTest));
        Assert.StartsWith(error.Description, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WouldHold_PlacesInAndBesideAFolder_AreToldApart()
    {
        _files.AddFolder("data/rose");
        _files.AddFolder("elsewhere");
        var data = In("data");

        Assert.True(ImageFolder.WouldHold(data, Path.Combine(data, "new", "model.zip")));
        Assert.True(ImageFolder.WouldHold(data, data));
        Assert.False(ImageFolder.WouldHold(data, data + "-out"));
        Assert.False(ImageFolder.WouldHold(data, In("elsewhere")));
    }

    [Fact]
    public void WouldHold_PlaceThatAClassFolderLinksTo_IsIn()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights there");
        _files.AddFolder("data");
        _files.AddFolder("elsewhere");
        Directory.CreateSymbolicLink(Path.Combine(In("data"), "rose"), In("elsewhere"));

        Assert.True(ImageFolder.WouldHold(In("data"), Path.Combine(In("elsewhere"), "plot.png")));
    }

    private string In(string name) => Path.Combine(_files.Folder, name);
}
