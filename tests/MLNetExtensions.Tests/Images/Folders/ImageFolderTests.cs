using System.Diagnostics;
using System.Net.Sockets;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images.Decoding;
using MLVision.MLNetExtensions.Images.Folders;
using TestImages;

namespace MLNetExtensions.Tests.Images.Folders;

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
    [InlineData("1.jfif")]
    [InlineData("1.jpe")]
    [InlineData("1.jfi")]
    [InlineData("1.jif")]
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

    [Theory]
    [InlineData("d41d8cd98f00b204")]
    [InlineData("1.JPG_large")]
    [InlineData("1.txt")]
    public void Read_ImageUnderAnotherName_IsListed(string name)
    {
        var image = _files.AddFile($"rose/{name}", File.ReadAllBytes(FixtureImages.Find("colour.jpg")));

        var images = ImageFolder.Read(_files.Folder);

        Assert.Equal([image], images.Select(i => i.ImagePath));
    }

    [Fact]
    public void Read_ClutterAtEveryLevel_IsPassedOverAndCounted()
    {
        var image = _files.AddFile("rose/1.png");
        foreach (var clutter in (string[])[
            "__MACOSX/rose/._1.png", "@eaDir/1.png", "rose/@eaDir/1.png/THUMB_S.jpg", "rose/._1.png", "rose/sub/.x/1.png", "Thumbs.db"])
        {
            _files.AddFile(clutter);
        }

        var logger = new RecordingLogger();

        var images = ImageFolder.Read(_files.Folder, logger);

        Assert.Equal([image], images.Select(i => i.ImagePath));
        Assert.Equal(
            [$"{_files.Folder}: Left out clutter: @eaDir (2), names that begin with a dot (2), Thumbs.db (1), __MACOSX (1)."],
            logger.Lines.Select(line => line.Message));
    }

    [Fact]
    public void Read_OtherFiles_AreCountedByEnding()
    {
        _files.AddFile("rose/1.png");
        foreach (var other in (string[])["rose/1.tif", "rose/2.TIF", "rose/3.heic", "rose/notes", "README.md"])
        {
            _files.AddFile(other, [1, 2, 3]);
        }

        var logger = new RecordingLogger();

        ImageFolder.Read(_files.Folder, logger);

        Assert.Equal(
            [$"{_files.Folder}: Ignored 5 files that are not JPEG, PNG, BMP, GIF or WebP: .tif (2), .heic (1), .md (1), no ending (1)."],
            logger.Lines.Select(line => line.Message));
    }

    [Fact]
    public void Read_ClassOfOtherFiles_SaysWhichTheyAre()
    {
        _files.AddFile("rose/1.png");
        _files.AddFile("tulip/1.tif", [1]);

        var error = Assert.Throws<ImageDataException>(() => ImageFolder.Read(_files.Folder));

        Assert.Equal(
            $"The class folder '{Path.Combine(_files.Folder, "tulip")}' holds no images; add some or remove the folder. "
            + "Ignored 1 file that is not JPEG, PNG, BMP, GIF or WebP: .tif (1).",
            error.Message);
    }

    [Fact]
    public void Read_LinksThatLeadBack_CountNothingTwice()
    {
        SkipWithoutLinks();
        string[] images = [_files.AddFile("rose/1.png"), _files.AddFile("rose/sub/2.png"), _files.AddFile("tulip/1.png")];
        foreach (var (link, target) in ((string, string)[])
            [("rose/up", ".."), ("rose/all", "/"), ("rose/self", "."), ("rose/sub/rose", "../../rose"), ("rose/other", "../tulip"),
                ("rose/circle", "circle"),
             ("rose/3.png", "1.png"), ("rose/4.png", "nowhere.png"), ("lily", "rose"), ("root", ".")])
        {
            Link(link, target);
        }

        var logger = new RecordingLogger();

        var read = ImageFolder.Read(_files.Folder, logger);

        Assert.Equal(images, read.Select(image => image.ImagePath));
        var line = Assert.Single(logger.Lines).Message;
        Assert.Contains("Left out 2 links that lead nowhere: rose/4.png, rose/circle.", line, StringComparison.Ordinal);
        Assert.Contains("Left out 8 links to data counted already: lily, root, ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_LinksToAFolderElsewhere_CountItOnceInEachClass()
    {
        SkipWithoutLinks();
        using var elsewhere = new ImageFiles();
        elsewhere.AddFile("deep/1.png");
        _files.AddFile("rose/1.png");
        _files.AddFile("tulip/1.png");
        Link("rose/first", elsewhere.Folder);
        Link("rose/second", Path.Combine(elsewhere.Folder, "deep"));
        Link("tulip/x.jpg", elsewhere.Folder);
        Link("lily", elsewhere.Folder);

        var read = ImageFolder.Read(_files.Folder);

        // The class lily is that folder, so it is nobody else's.
        Assert.Equal(
            ["lily/deep/1.png", "rose/1.png", "tulip/1.png"], read.Select(image => Path.GetRelativePath(_files.Folder, image.ImagePath)));

        File.Delete(Path.Combine(_files.Folder, "lily"));
        read = ImageFolder.Read(_files.Folder);

        Assert.Equal(
            ["rose/1.png", "rose/first/deep/1.png", "tulip/1.png", "tulip/x.jpg/deep/1.png"],
            read.Select(image => Path.GetRelativePath(_files.Folder, image.ImagePath)));
    }

    [Fact]
    public void Read_WhatIsNoFile_IsLeftOutUnopened()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such entries in folders.");
        var image = _files.AddFile("rose/1.png");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_files.Folder, "rose", "2.png")));
        Link("rose/3.png", "/dev/zero");
        Shell("mkfifo rose/4.png rose/pipe");
        var logger = new RecordingLogger();

        var read = ImageFolder.Read(_files.Folder, logger);

        Assert.Equal([image], read.Select(i => i.ImagePath));
        var line = Assert.Single(logger.Lines).Message;
        Assert.StartsWith($"{_files.Folder}: Left out 4 entries that are not files: ", line, StringComparison.Ordinal);
        Assert.All(
            (string[])["rose/2.png (socket)", "rose/3.png (device)", "rose/4.png (named pipe)", "rose/pipe (named pipe)"],
            name => Assert.Contains(name, line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("rose/")]
    public void Read_FolderWhoseNameIsNoUtf8_AsksToRenameIt(string parent)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems' names are UTF-8 or UTF-16.");
        _files.AddFile("rose/1.png");
        Shell($"mkdir {parent}$(printf 'g\\344nse'); cp rose/1.png {parent}$(printf 'g\\344nse')/");

        var error = Assert.Throws<ImageDataException>(() => ImageFolder.Read(_files.Folder));

        Shell("rm -r *");     // .NET cannot
        Assert.Equal(
            $"The name of the folder 'g\uFFFDnse' in '{Path.Combine(_files.Folder, parent).TrimEnd('/')}' is not valid UTF-8: rename it.",
            error.Message);
    }

    [Fact]
    public void Read_ImageWhoseNameIsNoUtf8_IsListedForItsReaderToExplain()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems' names are UTF-8 or UTF-16.");
        _files.AddFile("rose/1.png");
        Shell("cp rose/1.png rose/$(printf 'g\\344nse.png')");

        var images = ImageFolder.Read(_files.Folder);
        var reason = ImageFile.WhyMissing(images[1].ImagePath);

        Shell("rm -r *");     // .NET cannot
        Assert.Equal("its name is not valid UTF-8: rename it.", reason);
    }

    [Fact]
    public void Read_BothFormsOfAName_AreOneClass()
    {
        string[] expected = [_files.AddFile("Ga\u0308nse/1.png"), _files.AddFile("G\u00E4nse/2.png")];
        Assert.SkipWhen(Directory.GetDirectories(_files.Folder).Length == 1, "This file system keeps one form of a name.");

        var images = ImageFolder.Read(_files.Folder);

        Assert.Equal(expected, images.Select(image => image.ImagePath));
        Assert.All(images, image => Assert.Equal("G\u00E4nse", image.Label));
    }

    [Fact]
    public void Read_CaseTwinsInTwoForms_AreRefused()
    {
        _files.AddFile("Ga\u0308nse/1.png");
        _files.AddFile("g\u00E4nse/2.png");
        Assert.SkipWhen(Directory.GetDirectories(_files.Folder).Length == 1, "This file system ignores case.");

        var error = Assert.Throws<ImageDataException>(() => ImageFolder.Read(_files.Folder));

        Assert.Contains("differ only in case", error.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// A blank comes before the slash, which a backslash, and the folders one by one, would not follow; both forms of ä are one letter.
    /// </summary>
    [Fact]
    public void Read_AnyNames_AreInTheOrderOfPathsWithSlashes()
    {
        string[] expected =
        [
            "a b/1.png", "a/1.png", "a/B.png", "a/a b/1.png", "a/a/1.png", "a/a0.png", "a/g.png", "a/ga\u0308.png", "a/ga\u0308/1.png",
                "a/g\u00E41.png", "a/g\u00E5.png",
        ];
        foreach (var path in expected.Reverse())
        {
            _files.AddFile(path);
        }

        var images = ImageFolder.Read(_files.Folder);

        // Classes are in the order of their names, and "a" begins "a b".
        Assert.Equal(expected[1..].Append(expected[0]), images.Select(image => PathOrder.Relative(_files.Folder, image.ImagePath)));
    }

    [Theory]
    [InlineData("train", "val")]
    [InlineData("Training", "Validation")]
    [InlineData("seg_train", "seg_test")]
    [InlineData("train2017", "dev")]
    public void Read_PartsOfADataSet_AreNoClasses(string first, string second)
    {
        foreach (var path in (string[])[$"{first}/rose/1.png", $"{first}/tulip/1.png", $"{second}/Rose/2.png", $"{second}/Tulip/2.png"])
        {
            _files.AddFile(path);
        }

        var error = Assert.Throws<SplitFoldersException>(() => ImageFolder.Read(_files.Folder));

        Assert.Contains($"give '{Path.Combine(_files.Folder, first)}' to learn from", error.Message, StringComparison.Ordinal);
        Assert.Contains("the same sub-folders", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train/2023/1.png", "test/2024/1.png")]                                 // no sub-folder in common
    [InlineData("train/2023/1.png", "bus/2023/1.png", "test/2023/1.png")]               // everything has it
    [InlineData("train/1.png", "test/1.png")]
    [InlineData("train/2023/1.png", "trainer/2023/1.png")]
    public void Read_ClassesCalledLikeParts_AreClasses(params string[] paths)
    {
        Array.ForEach(paths, path => _files.AddFile(path));

        var images = ImageFolder.Read(_files.Folder);

        Assert.Equal(paths.Length, images.Count);
    }

    [Fact]
    public void Read_OneFolderTooHigh_WarnsAndNamesIt()
    {
        _files.AddFile("flowers/rose/1.png");
        _files.AddFile("flowers/tulip/1.png");
        var logger = new RecordingLogger();

        ImageFolder.Read(_files.Folder, logger);

        Assert.Equal(
            [$"There is only the class 'flowers', and all of its images lie in sub-folders (rose, tulip): did you mean " +
            $"'{Path.Combine(_files.Folder, "flowers")}'?"],
            logger.Lines.Select(line => line.Message));
    }

    [Fact]
    public void ListFiles_Tree_FollowsTheSameRules()
    {
        string[] expected = [
            _files.AddFile("1.png"), _files.AddFile("a/x", File.ReadAllBytes(FixtureImages.Find("colour.gif"))),
            _files.AddFile("b/1.jfif")];
        _files.AddFile("@eaDir/1.png");
        _files.AddFile("b/._1.jfif");

        Assert.Equal(expected, ImageFolder.ListFiles(_files.Folder));
    }

    private static void SkipWithoutLinks() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets only administrators make links.");

    private void Link(string path, string target) => File.CreateSymbolicLink(Path.Combine(_files.Folder, path), target);

    private void Shell(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = _files.Folder })!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }
}
