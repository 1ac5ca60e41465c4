using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights.Files.Pickle;

/// <summary>The stack a pickle works on, with its marks, and the values it keeps by number to use them again.</summary>
internal sealed class PickleStack(MappedFile file)
{
    /// <summary>What is wrong where an opcode finds values of other kinds than it needs.</summary>
    public const string Malformed = "its pickle does not fit together";

    private readonly List<object?> _values = [], _memo = [];
    private readonly List<int> _marks = [];

    private int Bottom => _marks.Count > 0 ? _marks[^1] : 0;

    public void Push(object? value) => _values.Add(value);

    /// <summary>Nothing below is taken until <see cref="PopMark"/>.</summary>
    public void Mark() => _marks.Add(_values.Count);

    public object? Pop() => Pop(1)[0];

    /// <summary>The topmost values, from the bottom up.</summary>
    public object?[] Pop(int count)
    {
        if (_values.Count - count < Bottom)
        {
            throw file.Damaged("its pickle takes more from the stack than there is");
        }

        var values = new object?[count];
        _values.CopyTo(_values.Count - count, values, 0, count);
        _values.RemoveRange(_values.Count - count, count);
        return values;
    }

    /// <summary>The values above the last mark, which goes with them.</summary>
    public object?[] PopMark()
    {
        if (_marks.Count == 0)
        {
            throw file.Damaged("its pickle lacks a mark");
        }

        var values = Pop(_values.Count - Bottom);
        _marks.RemoveAt(_marks.Count - 1);
        return values;
    }

    /// <summary>The topmost value, which stays.</summary>
    public T Top<T>() => _values.Count > Bottom && _values[^1] is T value ? value : throw file.Damaged(Malformed);

    /// <summary>Keeps the topmost value under the next number.</summary>
    public void Memoize() => Memoize((uint)_memo.Count);

    /// <summary>Keeps the topmost value under a number: the next one or one in use, so that no number makes the list long.</summary>
    public void Memoize(uint index)
    {
        var value = Top<object>();
        if (index < (uint)_memo.Count)
        {
            _memo[(int)index] = value;
        }
        else if (index == (uint)_memo.Count)
        {
            _memo.Add(value);
        }
        else
        {
            throw file.Damaged("its pickle numbers its memo with gaps");
        }
    }

    public object? Memoized(uint index) => index < (uint)_memo.Count ? _memo[(int)index] : throw file.Damaged(Malformed);
}
