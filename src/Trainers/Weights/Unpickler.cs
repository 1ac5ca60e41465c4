using System.Numerics;

namespace Trainers.Weights;

/// <summary>Reads the part of Python's pickle language that checkpoints are written in: containers, numbers, texts, tensors.</summary>
/// <remarks>
/// Opcodes: CPython, Lib/pickletools.py. A value is null, a bool, long, BigInteger, double or string, a list (List), a tuple
/// (array), or one of the types here. Values are only linked together, never walked or copied as a whole: what it takes in
/// time and memory grows with the pickle's length, whatever it repeats or nests.
/// </remarks>
internal ref struct Unpickler
{
    private static readonly object SomeBytes = new();

    private readonly MappedFile _file;
    private readonly List<object?> _stack = [], _memo = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<string, PickledStorage> _storages = new(StringComparer.Ordinal);
    private PickleBytes _pickle;
    private long _copied;

    /// <param name="file">The file, for sentences about what is wrong.</param>
    /// <param name="pickle">Begins with a pickle, and may go on behind it.</param>
    public Unpickler(MappedFile file, ReadOnlySpan<byte> pickle)
    {
        _file = file;
        _pickle = new PickleBytes(file, pickle);
    }

    /// <summary>The pickle's length, once it is loaded.</summary>
    public readonly int Position => _pickle.Position;

    /// <summary>The storages that were referred to, by key; of several references the first.</summary>
    public readonly IReadOnlyDictionary<string, PickledStorage> Storages => _storages;

    /// <summary>Reads one pickle.</summary>
    /// <exception cref="WeightsFileException">It is damaged, or asks for what is not allowed.</exception>
    public object? Load()
    {
        for (var opcode = _pickle.Opcode(); opcode != PickleOpcode.Stop; opcode = _pickle.Opcode())
        {
            Execute(opcode);
        }

        return Pop();
    }

    private void Execute(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Protocol:
                Require(_pickle.Byte() is >= 2 and <= 5, "its pickle is of a protocol other than 2 to 5");
                break;
            case PickleOpcode.Frame:
                _pickle.UInt64();
                break;
            case PickleOpcode.None:
                _stack.Add(null);
                break;
            case PickleOpcode.NewTrue or PickleOpcode.NewFalse:
                _stack.Add(opcode == PickleOpcode.NewTrue);
                break;
            case PickleOpcode.BinInt1:
                _stack.Add((long)_pickle.Byte());
                break;
            case PickleOpcode.BinInt2:
                _stack.Add((long)_pickle.UInt16());
                break;
            case PickleOpcode.BinInt:
                _stack.Add((long)_pickle.Int32());
                break;
            case PickleOpcode.Long1:
                var integer = new BigInteger(_pickle.Take(_pickle.Byte()));
                _stack.Add(integer >= long.MinValue && integer <= long.MaxValue ? (object)(long)integer : integer);
                break;
            case PickleOpcode.BinFloat:
                _stack.Add(_pickle.Double());
                break;
            case PickleOpcode.ShortBinUnicode:
                _stack.Add(_pickle.Utf8(_pickle.Byte()));
                break;
            case PickleOpcode.BinUnicode:
                _stack.Add(_pickle.Utf8(_pickle.UInt32()));
                break;
            case PickleOpcode.BinUnicode8:
                _stack.Add(_pickle.Utf8(_pickle.UInt64()));
                break;
            case PickleOpcode.ShortBinString:
                _stack.Add(_pickle.Latin1(_pickle.Byte()));
                break;
            case PickleOpcode.BinString:
                _stack.Add(_pickle.Latin1(_pickle.UInt32()));
                break;
            case PickleOpcode.ShortBinBytes:
                AddBytes(_pickle.Byte());
                break;
            case PickleOpcode.BinBytes:
                AddBytes(_pickle.UInt32());
                break;
            case PickleOpcode.BinBytes8:
                AddBytes(_pickle.UInt64());
                break;
            default:
                ExecuteOnStack(opcode);
                break;
        }
    }

    private void ExecuteOnStack(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Mark:
                _marks.Add(_stack.Count);
                break;
            case PickleOpcode.Pop:
                Pop();
                break;
            case PickleOpcode.PopMark:
                PopMark();
                break;
            case PickleOpcode.EmptyTuple:
                _stack.Add(Array.Empty<object?>());
                break;
            case PickleOpcode.Tuple:
                _stack.Add(PopMark());
                break;
            case PickleOpcode.Tuple1 or PickleOpcode.Tuple2 or PickleOpcode.Tuple3:
                _stack.Add(Pop(opcode - PickleOpcode.Tuple1 + 1));
                break;
            case PickleOpcode.EmptyList:
                _stack.Add(new List<object?>());
                break;
            case PickleOpcode.Append or PickleOpcode.Appends:
                var items = opcode == PickleOpcode.Append ? Pop(1) : PopMark();
                Top<List<object?>>().AddRange(items);
                break;
            case PickleOpcode.EmptyDict:
                _stack.Add(new PickledDictionary());
                break;
            case PickleOpcode.SetItem or PickleOpcode.SetItems:
                SetItems(opcode == PickleOpcode.SetItem ? Pop(2) : PopMark());
                break;
            case PickleOpcode.BinPut:
                Memoize(_pickle.Byte());
                break;
            case PickleOpcode.LongBinPut:
                Memoize(_pickle.UInt32());
                break;
            case PickleOpcode.Memoize:
                Memoize((uint)_memo.Count);
                break;
            case PickleOpcode.BinGet:
                _stack.Add(Memoized(_pickle.Byte()));
                break;
            case PickleOpcode.LongBinGet:
                _stack.Add(Memoized(_pickle.UInt32()));
                break;
            case PickleOpcode.Global:
                AddGlobal(_pickle.Line(), _pickle.Line());
                break;
            case PickleOpcode.StackGlobal:
                var (module, name) = Pop(2) is [string first, string second] ? (first, second) : throw Malformed();
                AddGlobal(module, name);
                break;
            case PickleOpcode.BinPersistentId:
                _stack.Add(Storage(Pop()));
                break;
            case PickleOpcode.Reduce:
                _stack.Add(Pop(2) is [PickledFunction function, object?[] arguments] ? Call(function, arguments) : throw Malformed());
                break;
            case PickleOpcode.Build:
                // An ordered dictionary's attributes: PyTorch keeps the versions of its modules there.
                Pop();
                Top<PickledDictionary>();
                break;
            default:
                throw _file.Refused($"its pickle has opcode 0x{(byte)opcode:x2}, which no state dictionary needs; save model.state_dict() alone, with torch.save");
        }
    }

    private object? Call(PickledFunction function, object?[] arguments) => (function, arguments) switch
    {
        (PickledFunction.OrderedDict, []) => new PickledDictionary(),
        (PickledFunction.OrderedDict, [List<object?> pairs]) => OrderedDict(pairs),
        (PickledFunction.Size, [object?[] sizes]) => sizes,
        (PickledFunction.RebuildParameter, [PickledTensor data, ..]) => data,
        (PickledFunction.RebuildTensor, [PickledStorage storage, long offset, object?[] shape, object?[] strides, ..]) =>
            Tensor(storage, offset, shape, strides),
        _ => throw Malformed(),
    };

    /// <summary>Python 2 writes an ordered dictionary as a list of its pairs.</summary>
    private PickledDictionary OrderedDict(List<object?> pairs)
    {
        SpendCopies(pairs.Count);
        var dictionary = new PickledDictionary();
        foreach (var pair in pairs)
        {
            var (key, value) = pair switch
            {
                List<object?> { Count: 2 } list => (list[0], list[1]),
                object?[] { Length: 2 } tuple => (tuple[0], tuple[1]),
                _ => throw Malformed(),
            };
            dictionary.Add(key, value);
        }

        return dictionary;
    }

    private PickledTensor Tensor(PickledStorage storage, long offset, object?[] shape, object?[] strides)
    {
        SpendCopies(shape.Length + strides.Length);
        return new PickledTensor(storage, offset, Numbers(shape), Numbers(strides));
    }

    private readonly long[] Numbers(object?[] tuple)
    {
        var numbers = new long[tuple.Length];
        for (var i = 0; i < tuple.Length; i++)
        {
            numbers[i] = tuple[i] is long number ? number : throw Malformed();
        }

        return numbers;
    }

    private PickledStorage Storage(object? id)
    {
        if (id is not object?[] parts || parts is not ["storage", ElementType type, string key, string, long count, .. var rest])
        {
            throw Malformed();
        }

        SpendCopies(key.Length);
        var view = rest switch
        {
            [] or [null] => null,
            [object?[] and [string, long offset, long length]] => new PickledStorageView(offset, length),
            _ => throw Malformed(),
        };
        var storage = new PickledStorage(type, key, count, view);
        _storages.TryAdd(key, storage);
        return storage;
    }

    private void AddGlobal(string module, string name)
    {
        // PyTorch 1.5 and earlier wrap a saved module's class in a persistent id of its own.
        var isRoot = (_stack.Count == 0 && _pickle.MakeAnObject()) || _stack is ["module"];
        _stack.Add(PickledGlobals.Resolve(_file, $"{module}.{name}", isRoot));
    }

    private void AddBytes(ulong length)
    {
        _pickle.Take(length);
        _stack.Add(SomeBytes);
    }

    private void SetItems(object?[] items)
    {
        Require(items.Length % 2 == 0, "its pickle has a key without a value");
        var dictionary = Top<PickledDictionary>();
        for (var i = 0; i < items.Length; i += 2)
        {
            dictionary.Add(items[i], items[i + 1]);
        }
    }

    private readonly void Memoize(uint index)
    {
        Require(index <= (uint)_memo.Count, "its pickle numbers its memo with gaps");
        var value = Top<object?>();
        if (index == (uint)_memo.Count)
        {
            _memo.Add(value);
        }
        else
        {
            _memo[(int)index] = value;
        }
    }

    private readonly object? Memoized(uint index) => index < (uint)_memo.Count ? _memo[(int)index] : throw Malformed();

    private readonly int Bottom => _marks.Count > 0 ? _marks[^1] : 0;

    private readonly object? Pop() => Pop(1)[0];

    private readonly object?[] Pop(int count)
    {
        Require(_stack.Count - count >= Bottom, "its pickle takes more from the stack than there is");
        var values = new object?[count];
        _stack.CopyTo(_stack.Count - count, values, 0, count);
        _stack.RemoveRange(_stack.Count - count, count);
        return values;
    }

    private readonly object?[] PopMark()
    {
        Require(_marks.Count > 0, "its pickle lacks a mark");
        var values = Pop(_stack.Count - Bottom);
        _marks.RemoveAt(_marks.Count - 1);
        return values;
    }

    private readonly T Top<T>() => _stack.Count > Bottom && _stack[^1] is T value ? value : throw Malformed();

    /// <summary>A whole copy is paid for once with the bytes it came from; copying the same over and over is what attacks do.</summary>
    private void SpendCopies(int count)
    {
        _copied += count;
        Require(_copied <= _pickle.Length, "its pickle repeats itself beyond reason");
    }

    private readonly void Require(bool isGood, string otherwise)
    {
        if (!isGood)
        {
            throw _file.Damaged(otherwise);
        }
    }

    private readonly WeightsFileException Malformed() => _file.Damaged("its pickle does not fit together");
}
