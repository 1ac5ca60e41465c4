using MLVision.Cli.Commands;
using MLVision.MLNetExtensions;

namespace Cli.Tests.Commands;

/// <summary>What comes on standard input.</summary>
public sealed class GivenImagesTests
{
    [Fact]
    public void Find_BytesOfAnImage_AreOneImage()
    {
        byte[] beginningOfAJpeg = [0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10, (byte)'J', (byte)'F', (byte)'I', (byte)'F'];

        var image = Assert.Single(GivenImages.Find(["-"], () => new MemoryStream(beginningOfAJpeg)));

        Assert.Equal("-", image.Name);
    }

    [Fact]
    public void Find_LinesOfText_AreNames() => Assert.Equal(
        ["a.jpg", "roses/b c.jpg", "last.jpg"],
        GivenImages.Find(["-", "last.jpg"], () => new MemoryStream("a.jpg\r\n\nroses/b c.jpg\n"u8.ToArray())).Select(image => image.Name));

    [Fact]
    public void Find_NothingOnStandardInput_SaysSo()
    {
        var error = Assert.Throws<ImageDataException>(() => GivenImages.Find(["-"], () => new MemoryStream()));

        Assert.Equal("Standard input is empty; give an image, or a list of names, one a line.", error.Message);
    }

    [Fact]
    public void Find_StandardInputTwice_IsRefused() =>
        Assert.Throws<ImageDataException>(() => GivenImages.Find(["-", "-"], () => new MemoryStream([1])));

    [Fact]
    public void Find_NoDash_LeavesStandardInputAlone() => Assert.Equal(
        ["a.jpg"], GivenImages.Find(["a.jpg"], () => throw new InvalidOperationException()).Select(image => image.Name));
}
