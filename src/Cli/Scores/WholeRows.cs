namespace MLVision.Cli.Scores;

/// <summary>The rows of a text that ends anywhere, as far as they are whole.</summary>
internal static class WholeRows
{
    private const int FirstBuffer = 1 << 20;

    /// <summary>Reads from a stream's position on.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="areQuoted">Whether a line feed in quotes is part of a value.</param>
    /// <returns>The bytes of each row with its line feed, valid until the next one is asked for, and the position behind it.</returns>
    public static IEnumerable<(ReadOnlyMemory<byte> Row, long End)> Of(Stream text, bool areQuoted)
    {
        var buffer = new byte[FirstBuffer];
        var (start, seen, filled, end, isOpen) = (0, 0, 0, text.Position, false);
        while (true)
        {
            while (seen < filled)
            {
                var letter = buffer[seen++];
                isOpen ^= areQuoted && letter == (byte)'"';
                if (letter == (byte)'\n' && !isOpen)
                {
                    end += seen - start;
                    yield return (buffer.AsMemory(start, seen - start), end);
                    start = seen;
                }
            }

            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            (seen, filled, start) = (seen - start, filled - start, 0);
            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, 2 * buffer.Length);
            }

            var count = text.Read(buffer, filled, buffer.Length - filled);
            if (count == 0)
            {
                yield break;
            }

            filled += count;
        }
    }
}
