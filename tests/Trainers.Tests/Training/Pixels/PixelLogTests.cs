using MLVision.Trainers.Training.Pixels;

namespace Trainers.Tests.Training.Pixels;

public sealed class PixelLogTests
{
    private const int Size = 100;
    private const int Length = Size * Size * 3;

    [Fact]
    public void Stored_AllInMemory_SaysSo() => Assert.Equal("50 images, 1.5 MB of pixels in memory.", LineOf(50 * Length, out _));

    [Fact]
    public void Stored_AllInTheFile_NamesItsFolder()
    {
        var line = LineOf(0, out var folder);

        Assert.Equal($"50 images, 1.5 MB of pixels in a file under {folder}.", line);
    }

    [Fact]
    public void Stored_InBoth_CountsThemApart()
    {
        var line = LineOf(20 * Length, out var folder);

        Assert.Equal($"50 images, 600 kB of pixels in memory and 900 kB in a file under {folder}.", line);
    }

    private static string LineOf(long memoryBytes, out string? folder)
    {
        using var store = new PixelStore(Size, memoryBytes);
        for (var i = 0; i < 50; i++)
        {
            store.Append(new byte[Length]);
        }

        store.Seal();
        var logger = new RecordingLogger();
        PixelLog.Stored(logger, store);
        folder = store.Folder;
        return Assert.Single(logger.Lines).Message;
    }
}
