using System.Text;
using MLVision.MLNetExtensions.Images.Folders;

namespace MLNetExtensions.Tests.Images.Folders;

public sealed class ImageSignatureTests
{
    [Fact]
    public void IsIn_EveryFixture_IsTrue() =>
        Assert.All(FixtureImages.Names, name => Assert.True(ImageSignature.IsIn(FixtureImages.Find(name)), name));

    [Theory]
    [InlineData("BMW makes cars, and this is a text")]
    [InlineData("GIF")]
    [InlineData("RIFF\u0010\0\0\0WAVEfmt ")]
    [InlineData("II*\0 a TIFF of little-endian words")]
    [InlineData("<html>")]
    [InlineData("")]
    public void Is_SomethingElse_IsFalse(string content) => Assert.False(ImageSignature.Is(Encoding.Latin1.GetBytes(content)));

    [Fact]
    public void IsIn_NoFile_IsFalse() => Assert.False(ImageSignature.IsIn(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName())));
}
