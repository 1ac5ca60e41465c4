using System.IO.Compression;
using System.Text;
using MLVision.Cli.Runs;

namespace Cli.Tests.Runs;

/// <summary>Archives of the same content are the same bytes, and hold what they held.</summary>
public sealed class RepeatableArchiveTests
{
    private const string Map = "Transform_000/DefaultMap.idv";

    [Fact]
    public void Copy_OtherTimesAndBlocksInAnotherOrder_IsTheSameArchive()
    {
        var first = Copy(Archive(new DateTimeOffset(2020, 1, 2, 3, 4, 6, TimeSpan.Zero), View("keys", "values", swapped: false)));
        var second = Copy(Archive(new DateTimeOffset(2024, 6, 7, 8, 9, 10, TimeSpan.Zero), View("keys", "values", swapped: true)));

        Assert.Equal(first, second);
    }

    [Fact]
    public void Copy_Archive_HoldsTheSameContent()
    {
        var view = View("keys", "values", swapped: false);

        using var copy = new ZipArchive(new MemoryStream(Copy(Archive(DateTimeOffset.UtcNow, view))));

        Assert.Equal(["Schema", Map, "Terms.txt"], copy.Entries.Select(entry => entry.FullName));
        Assert.Equal(Encoding.UTF8.GetBytes("the schema"), Content(copy, "Schema"));
        Assert.Equal(view, Content(copy, Map));
        Assert.Equal(Encoding.UTF8.GetBytes("red green"), Content(copy, "Terms.txt"));
    }

    [Fact]
    public void Copy_NoArchive_IsRefused() =>
        Assert.Throws<InvalidDataException>(() => RepeatableArchive.Copy(new MemoryStream(new byte[100]), new MemoryStream()));

    [Fact]
    public void Sort_OtherLayout_StaysAsItIs()
    {
        var view = View("keys", "values", swapped: true);
        view[24]--;     // the table of contents one byte too early
        var before = view.ToArray();

        BlockOrder.Sort(view);

        Assert.Equal(before, view);
    }

    /// <summary>A binary view of two columns with a block each: header, blocks, their table, and stand-ins for contents and end.</summary>
    private static byte[] View(string first, string second, bool swapped)
    {
        var (a, b) = (Encoding.UTF8.GetBytes(first), Encoding.UTF8.GetBytes(second));
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("CML\0DVB\0"u8);
        writer.Write(0L);
        writer.Write(0L);
        writer.Write(256L + a.Length + b.Length + 32);      // of the table of contents
        writer.Write(0L);
        writer.Write(2L);                                   // rows
        writer.Write(2);                                    // columns
        writer.Write(new byte[256 - stream.Position]);
        writer.Write(swapped ? [.. b, .. a] : (byte[])[.. a, .. b]);
        foreach (var (offset, length) in new[] { (swapped ? b.Length : 0, a.Length), (swapped ? 0 : a.Length, b.Length) })
        {
            writer.Write(256L + offset);
            writer.Write(length);
            writer.Write(99);                               // length without compression
        }

        writer.Write("contents"u8);
        return stream.ToArray();
    }

    private static MemoryStream Archive(DateTimeOffset time, byte[] view)
    {
        var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            (string, byte[])[] entries = [("Schema", "the schema"u8.ToArray()), (Map, view), ("Terms.txt", "red green"u8.ToArray())];
            foreach (var (name, content) in entries)
            {
                var entry = archive.CreateEntry(name);
                entry.LastWriteTime = time;
                using var writer = entry.Open();
                writer.Write(content);
            }
        }

        return stream;
    }

    private static byte[] Copy(MemoryStream archive)
    {
        using var copy = new MemoryStream();
        RepeatableArchive.Copy(archive, copy);
        return copy.ToArray();
    }

    private static byte[] Content(ZipArchive archive, string name)
    {
        using var stream = archive.GetEntry(name)!.Open();
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
