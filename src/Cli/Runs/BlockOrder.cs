using System.Buffers.Binary;

namespace MLVision.Cli.Runs;

/// <summary>The order of blocks in ML.NET's binary views (<c>.idv</c>), which threads write as they get done.</summary>
/// <remarks>
/// A view is a header of 256 bytes, the blocks, a table of the blocks' places by column, a table of contents, and an end. Source: ML.NET's
/// <c>BinarySaver</c> and <c>docs/code/IdvFileFormat.md</c>.
/// </remarks>
internal static class BlockOrder
{
    private const int HeaderLength = 256;
    private const int PlaceLength = 16;     // of a block: offset, compressed length, length
    private const int ContentsField = 24;
    private const int ColumnsField = 48;

    /// <summary>Puts the blocks into the order of their table; a view of another layout stays as it is.</summary>
    /// <param name="view">The view.</param>
    public static void Sort(byte[] view)
    {
        if (view.Length < HeaderLength || !view.AsSpan(0, 8).SequenceEqual("CML\0DVB\0"u8))
        {
            return;
        }

        var contents = BinaryPrimitives.ReadInt64LittleEndian(view.AsSpan(ContentsField));
        var columns = BinaryPrimitives.ReadInt32LittleEndian(view.AsSpan(ColumnsField));
        for (var blocks = columns; columns > 0 && contents <= view.Length; blocks += columns)
        {
            var table = contents - ((long)blocks * PlaceLength);
            if (table < HeaderLength)
            {
                return;
            }

            if (ReadTable(view, (int)table, blocks) is { } places)
            {
                Sort(view, (int)table, places);
                return;
            }
        }
    }

    /// <summary>The blocks' places, if they fill all between the header and the table; else the table has another length.</summary>
    private static List<(int Offset, int Length)>? ReadTable(byte[] view, int table, int blocks)
    {
        List<(int Offset, int Length)> places = [];
        for (var i = 0; i < blocks; i++)
        {
            var entry = view.AsSpan(table + (i * PlaceLength));
            var (offset, length) = (BinaryPrimitives.ReadInt64LittleEndian(entry), BinaryPrimitives.ReadInt32LittleEndian(entry[8..]));
            if (offset < HeaderLength || length < 0 || offset + length > table)
            {
                return null;
            }

            places.Add(((int)offset, length));
        }

        var next = HeaderLength;
        foreach (var (offset, length) in places.OrderBy(place => place.Offset).ThenBy(place => place.Length))
        {
            if (offset != next)
            {
                return null;
            }

            next += length;
        }

        return next == table ? places : null;
    }

    private static void Sort(byte[] view, int table, List<(int Offset, int Length)> places)
    {
        var unsorted = view[..table];
        var next = HeaderLength;
        foreach (var (index, place) in places.Index())
        {
            unsorted.AsSpan(place.Offset, place.Length).CopyTo(view.AsSpan(next));
            BinaryPrimitives.WriteInt64LittleEndian(view.AsSpan(table + (index * PlaceLength)), next);
            next += place.Length;
        }
    }
}
