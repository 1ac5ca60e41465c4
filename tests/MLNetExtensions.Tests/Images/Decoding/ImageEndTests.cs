using MLVision.MLNetExtensions.Images.Decoding;

namespace MLNetExtensions.Tests.Images.Decoding;

public sealed class ImageEndTests
{
    /// <summary>Bytes that a file may lack at its end: the check sum of a PNG's last chunk, and what follows a GIF's first frame.</summary>
    private static readonly Dictionary<string, int> MayLack = new() { [".png"] = 4, [".gif"] = 1 };

    public static TheoryData<string> Fixtures => [.. FixtureImages.Names];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void IsMissing_WholeFile_No(string name) => Assert.False(ImageEnd.IsMissing(File.ReadAllBytes(FixtureImages.Find(name))));

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void IsMissing_MoreBehindTheEnd_No(string name) =>
        Assert.False(ImageEnd.IsMissing([.. File.ReadAllBytes(FixtureImages.Find(name)), 1, 2, 3, 0xFF, 0xD8, 0xFF]));

    /// <summary>Wherever the file is cut. An animation's first frame is the image; a compressed BMP is left to the decoder.</summary>
    [Theory]
    [MemberData(nameof(Fixtures))]
    public void IsMissing_CutAnywhere_Yes(string name)
    {
        const int Signature = 12;
        if (name is "animated.gif" or "palette-run-length.bmp")
        {
            return;
        }

        var whole = File.ReadAllBytes(FixtureImages.Find(name));
        var last = whole.Length - MayLack.GetValueOrDefault(Path.GetExtension(name));

        Assert.All(Enumerable.Range(Signature, last - Signature), length => Assert.True(ImageEnd.IsMissing(whole.AsSpan(0, length))));
        Assert.False(ImageEnd.IsMissing(whole.AsSpan(0, last)));
    }

    [Fact]
    public void IsMissing_CutBehindAGifsFirstFrame_No()
    {
        var whole = File.ReadAllBytes(FixtureImages.Find("animated.gif"));
        var cut = Enumerable.Range(12, whole.Length - 12).Select(length => ImageEnd.IsMissing(whole.AsSpan(0, length))).ToList();

        // Three frames of about the same length: nothing but the first one need be there.
        var missing = cut.Count(isMissing => isMissing);
        Assert.InRange(missing, whole.Length / 4, whole.Length / 2);
        Assert.All(cut.Take(missing), Assert.True);
    }

    /// <summary>As a download leaves it that set the file's length first and was broken off.</summary>
    [Fact]
    public void IsMissing_JpegWhoseEndIsZeros_Yes()
    {
        var whole = File.ReadAllBytes(FixtureImages.Find("colour.jpg"));
        whole.AsSpan(whole.Length / 2).Clear();

        Assert.True(ImageEnd.IsMissing(whole));
    }

    /// <summary>The thumbnail in a camera's EXIF data has an end of its own, which is not the picture's.</summary>
    [Fact]
    public void IsMissing_JpegCutBehindItsThumbnail_Yes()
    {
        var whole = File.ReadAllBytes(FixtureImages.Find("colour.jpg"));
        byte[] note = [0xFF, 0xE1, (byte)((whole.Length + 2) >> 8), (byte)(whole.Length + 2), .. whole];
        byte[] picture = [.. whole[..2], .. note, .. whole[2..]];

        Assert.False(ImageEnd.IsMissing(picture));
        Assert.True(ImageEnd.IsMissing(picture.AsSpan(0, picture.Length - 2)));
        Assert.True(ImageEnd.IsMissing(picture.AsSpan(0, note.Length + 2)));
    }

    [Fact]
    public void IsMissing_NoImage_LeavesTheReasonToTheDecoder() =>
        Assert.All<byte[]>(
            [[], [1, 2, 3], [.. "RIFF0123WAVEfmt "u8], [.. "BM"u8, .. new byte[200]]], bytes => Assert.False(ImageEnd.IsMissing(bytes)));
}
