using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Doctor;
using TestImages;

namespace MLNetExtensions.Tests.Doctor;

public sealed class DoctorFolderTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Read_ClassFolders_HasNoParts()
    {
        var rose = _files.AddImage("rose/1.png");
        var tulip = _files.AddImage("tulip/1.png");

        Assert.Equal([new DoctorImage(rose, "rose"), new DoctorImage(tulip, "tulip")], DoctorFolder.Read(_files.Folder));
    }

    [Fact]
    public void Read_SplitFolders_HasAllParts()
    {
        var test = _files.AddImage("test/rose/1.png");
        var training = _files.AddImage("train/rose/1.png");

        Assert.Equal(
            [new DoctorImage(test, "rose", "test"), new DoctorImage(training, "rose", "train")], DoctorFolder.Read(_files.Folder));
    }

    [Fact]
    public void Read_EmptyFolder_Throws() => Assert.Throws<ImageDataException>(() => DoctorFolder.Read(_files.Folder));

    [Fact]
    public void Read_NoFolder_Throws() => Assert.Throws<ImageDataException>(() => DoctorFolder.Read(Path.Combine(_files.Folder, "none")));
}
