using System.Text;
using MLVision.MLNetExtensions.Files;
using TestImages;

namespace MLNetExtensions.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Write_NewFileInNewFolder_WritesIt()
    {
        var path = Path.Combine(_files.Folder, "new", "file.txt");

        AtomicFile.Write(path, stream => stream.Write("whole"u8));

        Assert.Equal("whole", File.ReadAllText(path));
        Assert.Equal([path], Files());
    }

    [Fact]
    public void Write_FileThereThatShallStay_KeepsItUnderTheOtherName()
    {
        var path = _files.AddFile("file.txt", Encoding.UTF8.GetBytes("old"));
        var before = _files.AddFile("before.txt", Encoding.UTF8.GetBytes("older"));

        AtomicFile.Write(path, stream => stream.Write("new"u8), before);

        Assert.Equal(("new", "old"), (File.ReadAllText(path), File.ReadAllText(before)));
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, _ => throw new InvalidOperationException(), before));
        Assert.Equal(("new", "old"), (File.ReadAllText(path), File.ReadAllText(before)));
    }

    [Fact]
    public void Write_FileThere_ReplacesIt()
    {
        var path = _files.AddFile("file.txt", Encoding.UTF8.GetBytes("the old, longer one"));

        AtomicFile.Write(path, stream => stream.Write("new"u8));

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([path], Files());
    }

    [Fact]
    public void Write_ErrorHalfWay_KeepsTheOldFileAndNothingElse()
    {
        var path = _files.AddFile("file.txt", Encoding.UTF8.GetBytes("old"));

        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("ha"u8);
            throw new InvalidOperationException();
        }));

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Files());
    }

    [Fact]
    public void Write_FolderOfThatName_ThrowsAndLeavesNothing()
    {
        var path = Path.Combine(_files.Folder, "taken");
        _files.AddFolder("taken");

        var error = Record.Exception(() => AtomicFile.Write(path, stream => stream.Write("whole"u8)));

        Assert.True(error is IOException or UnauthorizedAccessException, error?.ToString());
        Assert.Empty(Files());
    }

    [Fact]
    public void Write_BelowAFile_ThrowsAnIOError()
    {
        var file = _files.AddFile("file.txt");

        var error = Record.Exception(() => AtomicFile.Write(Path.Combine(file, "model.onnx"), stream => stream.Write("whole"u8)));

        Assert.True(error is IOException or UnauthorizedAccessException, error?.ToString());
        Assert.Equal([file], Files());
    }

    [Fact]
    public void Write_LeftoverOfAKilledWriter_RemovesIt()
    {
        var path = Path.Combine(_files.Folder, "file.txt");
        _files.AddFile($"file.txt.{Guid.NewGuid():N}.tmp", 1, 2, 3);
        string[] others = [_files.AddFile("file.txt.notes.tmp"), _files.AddFile($"other.txt.{Guid.NewGuid():N}.tmp")];

        AtomicFile.Write(path, stream => stream.Write("whole"u8));

        Assert.Equal([.. others.Append(path).Order(StringComparer.Ordinal)], Files().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Write_SameFileInTheMiddleOfAWrite_LeavesTheOtherWriterAlone()
    {
        var path = Path.Combine(_files.Folder, "file.txt");

        AtomicFile.Write(path, stream =>
        {
            AtomicFile.Write(path, inner => inner.Write("inner"u8));
            stream.Write("outer"u8);
        });

        Assert.Equal("outer", File.ReadAllText(path));
        Assert.Equal([path], Files());
    }

    private string[] Files() => Directory.GetFiles(_files.Folder, "*", SearchOption.AllDirectories);
}
