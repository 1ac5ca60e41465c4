using TestImages;

namespace MLNetExtensions.Tests.Images;

public sealed class ImageFolderTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Read_OneFolderPerClass_LabelsByFolderInOrdinalOrder()
    {
        var tulip2 = _files.AddFile("tulip/2.png");
        var tulip10 = _files.AddFile("tulip/10.png");
        var rose = _files.AddFile("Rose/1.png");

        var images = ImageFolder.Read(_files.Folder);

        Assert.Equal([(rose, "Rose"), (tulip10, "tulip"), (tulip2, "tulip")], images.Select(i => (i.ImagePath, i.Label)));
    }

    [Fact]
    public void Read_NestedFolders_LabelsByTheFolderBelowTheRoot()
    {
        var deep = _files.AddFile("rose/2024/may/1.png");

        var images = ImageFolder.Read(_files.Folder);

        Assert.Equal([(deep, "rose")], images.Select(i => (i.ImagePath, i.Label)));
    }

    [Theory]
    [InlineData("1.jpg")]
    [InlineData("1.jpeg")]
    [InlineData("1.png")]
    [InlineData("1.bmp")]
    [InlineData("1.gif")]
    [InlineData("1.webp")]
    [InlineData("1.JPG")]
    public void Read_ImageEnding_IsListed(string name)
    {
        var path = _files.AddFile($"rose/{name}");

        var images = ImageFolder.Read(_files.Folder);

        Assert.Equal([path], images.Select(i => i.ImagePath));
    }

    [Fact]
    public void Read_OtherFiles_ArePassedOver()
    {
        var image = _files.AddFile("rose/1.png");
        _files.AddFile("rose/notes.txt");
        _files.AddFile("rose/png");
        _files.AddFile("README.md");

        var images = ImageFolder.Read(_files.Folder);

        Assert.Equal([image], images.Select(i => i.ImagePath));
    }

    [Fact]
    public void Read_DotFolderBesideClasses_IsPassedOver()
    {
        var image = _files.AddFile("rose/1.png");
        _files.AddFile(".thumbnails/1.png");

        var images = ImageFolder.Read(_files.Folder);

        Assert.Equal([image], images.Select(i => i.ImagePath));
    }

    [Fact]
    public void Read_DotFolderInClass_IsPassedOver()
    {
        var image = _files.AddFile("rose/1.png");
        _files.AddFile("rose/.thumbnails/1.png");

        var images = ImageFolder.Read(_files.Folder);

        Assert.Equal([image], images.Select(i => i.ImagePath));
    }

    [Fact]
    public void Read_MissingFolder_SaysItDoesNotExist()
    {
        var missing = Path.Combine(_files.Folder, "missing");

        var error = Assert.Throws<ImageDataException>(() => ImageFolder.Read(missing));

        Assert.Equal($"The image folder '{missing}' does not exist.", error.Message);
    }

    [Fact]
    public void Read_EmptyFolder_SaysWhatIsExpected()
    {
        var error = Assert.Throws<ImageDataException>(() => ImageFolder.Read(_files.Folder));

        Assert.Equal($"'{_files.Folder}' holds no images: expected one sub-folder of images per class.", error.Message);
    }

    [Fact]
    public void Read_ImageInRoot_NamesItAndTheRemedy()
    {
        _files.AddFile("rose/1.png");
        _files.AddFile("stray.png");

        var error = Assert.Throws<ImageDataException>(() => ImageFolder.Read(_files.Folder));

        Assert.Equal(
            $"Image 'stray.png' lies directly in '{_files.Folder}'; move it into the sub-folder of its class.", error.Message);
    }

    [Fact]
    public void Read_EmptyClassFolder_NamesIt()
    {
        _files.AddFile("rose/1.png");
        _files.AddFolder("tulip");

        var error = Assert.Throws<ImageDataException>(() => ImageFolder.Read(_files.Folder));

        Assert.Equal(
            $"The class folder '{Path.Combine(_files.Folder, "tulip")}' holds no images; add some or remove the folder.", error.Message);
    }

    [Fact]
    public void Read_ClassesDifferingInCase_NamesBoth()
    {
        _files.AddFile("Rose/1.png");
        _files.AddFile("rose/1.png");
        Assert.SkipWhen(Directory.GetDirectories(_files.Folder).Length == 1, "This file system ignores case.");

        var error = Assert.Throws<ImageDataException>(() => ImageFolder.Read(_files.Folder));

        Assert.Equal($"The classes 'Rose' and 'rose' in '{_files.Folder}' differ only in case; rename or merge them.", error.Message);
    }

    [Fact]
    public void Read_EmptyPath_Throws() => Assert.Throws<ArgumentException>(() => ImageFolder.Read(" "));

    [Fact]
    public void Read_AFileInPlaceOfAFolder_SaysItDoesNotExist()
    {
        var file = _files.AddFile("file.txt");

        Assert.Throws<ImageDataException>(() => ImageFolder.Read(file));
    }
}
