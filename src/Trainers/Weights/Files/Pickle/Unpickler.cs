using System.Numerics;
using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights.Files.Pickle;

/// <summary>Reads the part of Python's pickle language that checkpoints use: containers, numbers, strings, tensors.</summary>
/// <remarks>
/// Opcodes: CPython, Lib/pickletools.py. A value is null, a bool, long, BigInteger, double or string, a list (List), a tuple (array), or
/// one of the types in PickledValues.cs; a value that only Python could make is a PickledInert. Values are only linked together, never
/// traversed or copied as a whole: time and memory grow with the pickle's length, however it repeats or nests values.
/// </remarks>
internal ref struct Unpickler
{
    private readonly MappedFile _file;
    private readonly PickleStack _stack;
    private readonly PickledCalls _calls;
    private PickleBytes _pickle;

    /// <param name="file">The file, for error messages.</param>
    /// <param name="pickle">Begins with a pickle; other bytes may follow.</param>
    public Unpickler(MappedFile file, ReadOnlySpan<byte> pickle)
    {
        _file = file;
        _stack = new PickleStack(file);
        _calls = new PickledCalls(file, mostCopies: pickle.Length);
        _pickle = new PickleBytes(file, pickle);
    }

    /// <summary>The pickle's length, once it is loaded.</summary>
    public readonly int Position => _pickle.Position;

    /// <summary>The calls it made.</summary>
    public readonly PickledCalls Calls => _calls;

    /// <summary>Reads one pickle.</summary>
    /// <exception cref="WeightsFileException">It is damaged, or asks for something that is not allowed.</exception>
    public object? Load()
    {
        for (var opcode = _pickle.Opcode(); opcode != PickleOpcode.Stop; opcode = _pickle.Opcode())
        {
            Execute(opcode);
        }

        return _stack.Pop();
    }

    private void Execute(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Protocol:
                if (_pickle.Byte() is not (>= 2 and <= 5))
                {
                    throw _file.Damaged("its pickle is of a protocol other than 2 to 5");
                }

                break;
            case PickleOpcode.Frame:
                _pickle.UInt64();
                break;
            case PickleOpcode.None:
                _stack.Push(null);
                break;
            case PickleOpcode.NewTrue or PickleOpcode.NewFalse:
                _stack.Push(opcode == PickleOpcode.NewTrue);
                break;
            case PickleOpcode.BinInt1:
                _stack.Push((long)_pickle.Byte());
                break;
            case PickleOpcode.BinInt2:
                _stack.Push((long)_pickle.UInt16());
                break;
            case PickleOpcode.BinInt:
                _stack.Push((long)_pickle.Int32());
                break;
            case PickleOpcode.Long1:
                AddInteger(_pickle.Take(_pickle.Byte()));
                break;
            case PickleOpcode.Long4:
                AddInteger(_pickle.Take(_pickle.UInt32()));
                break;
            case PickleOpcode.BinFloat:
                _stack.Push(_pickle.Double());
                break;
            case PickleOpcode.ShortBinUnicode:
                _stack.Push(_pickle.Utf8(_pickle.Byte()));
                break;
            case PickleOpcode.BinUnicode:
                _stack.Push(_pickle.Utf8(_pickle.UInt32()));
                break;
            case PickleOpcode.BinUnicode8:
                _stack.Push(_pickle.Utf8(_pickle.UInt64()));
                break;
            case PickleOpcode.ShortBinString:
                _stack.Push(_pickle.Latin1(_pickle.Byte()));
                break;
            case PickleOpcode.BinString:
                _stack.Push(_pickle.Latin1(_pickle.UInt32()));
                break;
            case PickleOpcode.ShortBinBytes:
                AddBytes(_pickle.Byte());
                break;
            case PickleOpcode.BinBytes:
                AddBytes(_pickle.UInt32());
                break;
            case PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8:
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
                _stack.Mark();
                break;
            case PickleOpcode.Pop:
                _stack.Pop();
                break;
            case PickleOpcode.PopMark:
                _stack.PopMark();
                break;
            case PickleOpcode.EmptyTuple:
                _stack.Push(Array.Empty<object?>());
                break;
            case PickleOpcode.Tuple:
                _stack.Push(_stack.PopMark());
                break;
            case PickleOpcode.Tuple1 or PickleOpcode.Tuple2 or PickleOpcode.Tuple3:
                _stack.Push(_stack.Pop(opcode - PickleOpcode.Tuple1 + 1));
                break;
            case PickleOpcode.EmptyList:
                _stack.Push(new List<object?>());
                break;
            case PickleOpcode.Append or PickleOpcode.Appends:
                var items = opcode == PickleOpcode.Append ? _stack.Pop(1) : _stack.PopMark();
                AddItems(items);
                break;
            case PickleOpcode.EmptyDict:
                _stack.Push(new PickledDictionary());
                break;
            case PickleOpcode.EmptySet:
                _stack.Push(PickledLeaf.Instance);
                break;
            case PickleOpcode.AddItems:
                _stack.PopMark();
                _stack.Top<object>();
                break;
            case PickleOpcode.FrozenSet:
                _stack.PopMark();
                _stack.Push(PickledLeaf.Instance);
                break;
            case PickleOpcode.SetItem or PickleOpcode.SetItems:
                SetItems(opcode == PickleOpcode.SetItem ? _stack.Pop(2) : _stack.PopMark());
                break;
            case PickleOpcode.BinPut:
                _stack.Memoize(_pickle.Byte());
                break;
            case PickleOpcode.LongBinPut:
                _stack.Memoize(_pickle.UInt32());
                break;
            case PickleOpcode.Memoize:
                _stack.Memoize();
                break;
            case PickleOpcode.BinGet:
                _stack.Push(_stack.Memoized(_pickle.Byte()));
                break;
            case PickleOpcode.LongBinGet:
                _stack.Push(_stack.Memoized(_pickle.UInt32()));
                break;
            default:
                ExecuteGlobal(opcode);
                break;
        }
    }

    /// <summary>Names, and objects made from them: known here, or inert.</summary>
    private void ExecuteGlobal(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Global:
                _stack.Push(PickledGlobals.Resolve($"{_pickle.Line()}.{_pickle.Line()}"));
                break;
            case PickleOpcode.StackGlobal:
                _stack.Push(_stack.Pop(2) is [string module, string name]
                    ? PickledGlobals.Resolve($"{module}.{name}")
                    : throw _file.Damaged(PickleStack.Malformed));
                break;
            case PickleOpcode.Extension1 or PickleOpcode.Extension2 or PickleOpcode.Extension4:
                var code = opcode switch
                {
                    PickleOpcode.Extension1 => _pickle.Byte(),
                    PickleOpcode.Extension2 => _pickle.UInt16(),
                    _ => _pickle.UInt32(),
                };
                _stack.Push(new PickledInert($"copyreg extension {code}"));
                break;
            case PickleOpcode.BinPersistentId:
                _stack.Push(_calls.Storage(_stack.Pop()));
                break;
            case PickleOpcode.Reduce or PickleOpcode.NewObject:
                var call = _stack.Pop(2);
                _stack.Push(_calls.Call(call[0], call[1]));
                break;
            case PickleOpcode.NewObjectEx:
                var named = _stack.Pop(3);
                _stack.Push(_calls.Call(named[0], named[1]));
                break;
            case PickleOpcode.Object:
                _stack.Push(_stack.PopMark() is [var made, .. var arguments]
                    ? _calls.Call(made, arguments)
                    : throw _file.Damaged(PickleStack.Malformed));
                break;
            case PickleOpcode.Instance:
                _stack.Push(_calls.Call(PickledGlobals.Resolve($"{_pickle.Line()}.{_pickle.Line()}"), _stack.PopMark()));
                break;
            case PickleOpcode.Build:
                SetState(_stack.Pop());
                break;
            default:
                throw _file.Refused(
                    $"its pickle has opcode 0x{(byte)opcode:x2}, which no state dictionary needs; save model.state_dict() alone");
        }
    }

    private readonly void AddInteger(ReadOnlySpan<byte> bytes)
    {
        var integer = new BigInteger(bytes);
        _stack.Push(integer >= long.MinValue && integer <= long.MaxValue ? (object)(long)integer : integer);
    }

    private void AddBytes(ulong length)
    {
        _pickle.Take(length);
        _stack.Push(PickledLeaf.Instance);
    }

    private readonly void AddItems(object?[] items)
    {
        // An instance of a list subclass is inert, and so are its items.
        if (_stack.Top<object>() is not PickledInert)
        {
            _stack.Top<List<object?>>().AddRange(items);
        }
    }

    private readonly void SetItems(object?[] items)
    {
        if (items.Length % 2 != 0)
        {
            throw _file.Damaged("its pickle has a key without a value");
        }

        Action<object?, object?> add = _stack.Top<object>() is PickledInert inert ? inert.Add : _stack.Top<PickledDictionary>().Add;
        for (var i = 0; i < items.Length; i += 2)
        {
            add(items[i], items[i + 1]);
        }
    }

    private readonly void SetState(object? state)
    {
        if (_stack.Top<object>() is PickledInert inert)
        {
            inert.State = state;
            return;
        }

        // Attributes of an ordered dictionary: PyTorch keeps the versions of its modules there.
        _stack.Top<PickledDictionary>();
    }
}
