using MLVision.Cli.Options;
using MLVision.MLNetExtensions;

namespace Cli.Tests.Options;

public sealed class OutputPlaceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    private string Model => Path.Combine(_folder.FullName, "model.onnx");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void ThrowIfTaken_File_SaysWhatIsThereAndAsks()
    {
        File.WriteAllBytes(Model, new byte[2400]);

        var error = Assert.Throws<ImageClassificationException>(() => OutputPlace.ThrowIfTaken(Model, overwrite: false));

        Assert.Equal($"'{Model}' is there already, a file of 2 kB: choose another name, or add --overwrite.", error.Message);
    }

    [Fact]
    public void ThrowIfTaken_NoFileOrAnEmptyOneOrOverwrite_Passes()
    {
        OutputPlace.ThrowIfTaken(Model, overwrite: false);
        File.WriteAllText(Model, "");
        OutputPlace.ThrowIfTaken(Model, overwrite: false);
        File.WriteAllText(Model, "a model");
        OutputPlace.ThrowIfTaken(Model, overwrite: true);

        Assert.Equal($"{Model} (replaced)", OutputPlace.NameOf(Model));
        Assert.Equal(Model + "2", OutputPlace.NameOf(Model + "2"));
    }

    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(1, "1 byte")]
    [InlineData(999, "999 bytes")]
    [InlineData(64_400, "64 kB")]
    [InlineData(59_000_000, "59.0 MB")]
    public void FileSize_Bytes_AreInUnitsOfAThousand(long bytes, string expected) => Assert.Equal(expected, FileSize.Of(bytes));
}
