using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights.Files.Pickle;

/// <summary>The stack of a pickle, with its marks, and the values that it stores by number for later use.</summary>
internal sealed class PickleStack(MappedFile file)
{
    /// <summary>The error if an opcode finds values of the wrong kind.</summary>
    public const string Malformed = "its pickle is malformed";

    private readonly List<object?> _values = [], _memo = [];
    private readonly List<int> _marks = [];

    private int Bottom => _marks.Count > 0 ? _marks[^1] : 0;

    public void Push(object? value) => _values.Add(value);

    /// <summary>Sets a mark: nothing below it is popped until <see cref="PopMark"/>.</summary>
    public void Mark() => _marks.Add(_values.Count);

    public object? Pop() => Pop(1)[0];

    /// <summary>Pops the topmost values and returns them from the bottom up.</summary>
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

    /// <summary>Pops the values above the last mark, and the mark.</summary>
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

    /// <summary>The topmost value; it stays on the stack.</summary>
    public T Top<T>() => _values.Count > Bottom && _values[^1] is T value ? value : throw file.Damaged(Malformed);

    /// <summary>Stores the topmost value under the next number.</summary>
    public void Memoize() => Memoize((uint)_memo.Count);

    /// <summary>
    /// Stores the topmost value under a number: one in use or the next one, so that a huge number cannot make the list long.
    /// </summary>
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
