namespace MLVision.MLNetExtensions.Scoring.Sessions;

/// <summary>Of how many images a call of a session is, when so many are to be scored.</summary>
/// <remarks>
/// A CPU gets just these. A GPU plans each convolution anew whenever the number differs from that of the call before, which takes far
/// longer than to score a few images in vain, and every call of a session shares its plans. So there the number is rounded up to one of a
/// few, and it grows at once but shrinks only after many calls that could have done with less. Safe for any number of threads at once.
/// Source: ONNX Runtime's core/providers/cuda/nn/conv.cc, UpdateState.
/// </remarks>
/// <param name="areFew">Whether the numbers are rounded up to a few; otherwise each is taken as it is.</param>
internal sealed class BatchShapes(bool areFew)
{
    /// <summary>Calls that a smaller number would have done for, before it is taken.</summary>
    public const int Patience = 64;

    private const int Step = 8;

    private readonly Lock _lock = new();
    private int _current = 1;
    private int _smallerCalls;
    private int _largestOfThem;

    /// <summary>The numbers of images that occur, the smallest first: 1, 8, 64, … and the most that there may be.</summary>
    public static IReadOnlyList<int> Few(int capacity)
    {
        var sizes = new List<int>();
        for (var size = 1L; size < capacity; size *= Step)
        {
            sizes.Add((int)size);
        }

        return [.. sizes, capacity];
    }

    /// <summary>Images in the next call.</summary>
    /// <param name="count">Images to be scored, at least 1.</param>
    /// <param name="capacity">The most that there may be.</param>
    public int Of(int count, int capacity)
    {
        if (!areFew)
        {
            return count;
        }

        lock (_lock)
        {
            var needed = Few(capacity).First(size => size >= count);
            if (needed >= _current)
            {
                (_current, _smallerCalls, _largestOfThem) = (needed, 0, 0);
                return needed;
            }

            _largestOfThem = Math.Max(_largestOfThem, needed);
            if (++_smallerCalls > Patience)
            {
                (_current, _smallerCalls, _largestOfThem) = (_largestOfThem, 0, 0);
            }

            return Math.Min(_current, capacity);
        }
    }
}
