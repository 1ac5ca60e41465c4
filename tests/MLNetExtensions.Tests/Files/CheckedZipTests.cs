using System.IO.Compression;
using MLVision.MLNetExtensions.Files;

namespace MLNetExtensions.Tests.Files;

public sealed class CheckedZipTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 10_000).Select(i => (byte)(i * i))];

    [Fact]
    public void Read_SoundEntry_GivesIt()
    {
        using var zip = new CheckedZip(Zip(("folder/a", Content)));

        var read = zip.Read("folder/a");

        Assert.Equal(Content, read);
        Assert.Equal(["folder/a"], zip.Names);
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void Read_FlippedBit_NamesTheEntry(CompressionLevel level)
    {
        var file = Zip(level, ("a", Content)).ToArray();
        file[100] ^= 1;     // in the entry, behind its header of 31 bytes

        var error = Assert.ThrowsAny<Exception>(() =>
        {
            using var zip = new CheckedZip(new MemoryStream(file));
            zip.Read("a");
        });

        Assert.Contains("'a'", Assert.IsType<InvalidDataException>(error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CheckOthers_FlippedBitInAnEntryThatNobodyReads_IsFound()
    {
        var file = Zip(CompressionLevel.NoCompression, ("a", [1]), ("b", Content)).ToArray();
        file[1_000] ^= 1;
        using var zip = new CheckedZip(new MemoryStream(file));
        zip.Read("a");

        Assert.Contains("'b' is not what was packed", Refusal(zip.CheckOthers), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1_000, null)]
    [InlineData(1_001, "it has 1,001 entries, and a model has at most 1,000")]
    [InlineData(70_000, "it has at least 65,535 entries, and a model has at most 1,000")]
    public void Open_ManyEntries_CountsThemFirst(int entries, string? refusal)
    {
        var file = Zip(CompressionLevel.NoCompression, [.. Enumerable.Range(0, entries).Select(i => ($"{i}", Array.Empty<byte>()))]);

        Assert.Equal(refusal, Record.Exception(() => new CheckedZip(file).Dispose())?.Message);
    }

    /// <summary>A directory that is longer than its number of entries says would be read to its end before anybody counts.</summary>
    [Fact]
    public void Open_NumberOfEntriesThatIsTooSmall_LooksAtTheDirectorysLength()
    {
        var file = Zip([.. Enumerable.Range(0, 60_000).Select(i => ($"{i}", Array.Empty<byte>()))]).ToArray();
        file[^12] = 5;      // 5 entries on this disk, 5 in all
        file[^11] = 0;
        file[^14] = 5;
        file[^13] = 0;

        Assert.Matches("^its directory takes [0-9,]+ bytes", Refusal(() => new CheckedZip(new MemoryStream(file)).Dispose()));
    }

    [Theory]
    [InlineData("../a")]
    [InlineData("a/../../b")]
    [InlineData("/a")]
    [InlineData("a//b")]
    [InlineData("C:/a")]
    [InlineData("a/b\\c")]
    [InlineData("..\\a")]
    [InlineData("a\u001b[31m")]
    [InlineData("a/..")]
    public void Open_NameThatNoModelHas_IsRefused(string name) => Assert.StartsWith(
        "it has an entry of a name that no model has: '",
        Refusal(() => new CheckedZip(Zip((name, [1]))).Dispose()), StringComparison.Ordinal);

    [Fact]
    public void Open_LongNameOrDeepFolders_IsRefused()
    {
        Assert.Contains(
            "no model has", Refusal(() => new CheckedZip(Zip((new string('a', 501), [1]))).Dispose()), StringComparison.Ordinal);
        Assert.Contains(
            "no model has", Refusal(() => new CheckedZip(Zip((string.Concat(Enumerable.Repeat("a/", 40)), []))).Dispose()),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("f/a", "f\\a")]
    public void Open_OneNameTwice_IsRefused(string first, string second) => Assert.Equal(
        $"it has two entries '{second}'", Refusal(() => new CheckedZip(Zip((first, [1]), (second, [2]))).Dispose()));

    [Fact]
    public void Open_NamesOfWindows_AreThoseOfOthers()
    {
        using var zip = new CheckedZip(Zip(("f\\a", [1])));

        Assert.Equal(["f/a"], zip.Names);
    }

    /// <summary>200 MB of zeros make a zip of 200 kB.</summary>
    [Fact]
    public void Open_ThousandTimesItsSize_IsRefusedBeforeItIsUnpacked()
    {
        var file = Zip(CompressionLevel.Optimal, ("bomb", new byte[200 << 20]));

        Assert.Matches(
            "^it unpacks to 209,715,200 bytes from [0-9,]+, more than any model$", Refusal(() => new CheckedZip(file).Dispose()));
    }

    [Fact]
    public void Open_NoZip_IsRefused() =>
        Assert.Equal("its end is missing", Refusal(() => new CheckedZip(new MemoryStream([1, 2])).Dispose()));

    private static string Refusal(Action open) => Assert.Throws<InvalidDataException>(open).Message;

    private static MemoryStream Zip(params (string Name, byte[] Content)[] entries) => Zip(CompressionLevel.Fastest, entries);

    private static MemoryStream Zip(CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }

        file.Position = 0;
        return file;
    }
}
