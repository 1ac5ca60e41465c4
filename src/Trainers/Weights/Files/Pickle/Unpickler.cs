using System.Numerics;

namespace Trainers.Weights;

/// <summary>Reads the part of Python's pickle language that checkpoints are written in: containers, numbers, texts, tensors.</summary>
/// <remarks>
/// Opcodes: CPython, Lib/pickletools.py. A value is null, a bool, long, BigInteger, double or string, a list (List), a tuple
/// (array), or one of the types in PickledValues.cs. Values are only linked together, never walked or copied as a whole: what
/// it takes in time and memory grows with the pickle's length, whatever it repeats or nests.
/// </remarks>
internal ref struct Unpickler
{
    private static readonly object SomeBytes = new();

    private readonly MappedFile _file;
    private readonly PickleStack _stack;
    private readonly PickledCalls _calls;
    private PickleBytes _pickle;

    /// <param name="file">The file, for sentences about what is wrong.</param>
    /// <param name="pickle">Begins with a pickle, and may go on behind it.</param>
    public Unpickler(MappedFile file, ReadOnlySpan<byte> pickle)
    {
        _file = file;
        _stack = new PickleStack(file);
        _calls = new PickledCalls(file, mostCopies: pickle.Length);
        _pickle = new PickleBytes(file, pickle);
    }

    /// <summary>The pickle's length, once it is loaded.</summary>
    public readonly int Position => _pickle.Position;

    /// <summary>The storages that were referred to, by key; of several references the first.</summary>
    public readonly IReadOnlyDictionary<string, PickledStorage> Storages => _calls.Storages;

    /// <summary>Reads one pickle.</summary>
    /// <exception cref="WeightsFileException">It is damaged, or asks for what is not allowed.</exception>
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
                var integer = new BigInteger(_pickle.Take(_pickle.Byte()));
                _stack.Push(integer >= long.MinValue && integer <= long.MaxValue ? (object)(long)integer : integer);
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
                _stack.Top<List<object?>>().AddRange(items);
                break;
            case PickleOpcode.EmptyDict:
                _stack.Push(new PickledDictionary());
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
            case PickleOpcode.Global:
                AddGlobal((_pickle.Line(), _pickle.Line()));
                break;
            case PickleOpcode.StackGlobal:
                var names = _stack.Pop(2);
                AddGlobal(names is [string module, string name] ? (module, name) : throw _file.Damaged(PickleStack.Malformed));
                break;
            case PickleOpcode.BinPersistentId:
                _stack.Push(_calls.Storage(_stack.Pop()));
                break;
            case PickleOpcode.Reduce:
                _stack.Push(_calls.Call(_stack.Pop(2)));
                break;
            case PickleOpcode.Build:
                // An ordered dictionary's attributes: PyTorch keeps the versions of its modules there.
                _stack.Pop();
                _stack.Top<PickledDictionary>();
                break;
            default:
                throw _file.Refused(
                    $"its pickle has opcode 0x{(byte)opcode:x2}, which no state dictionary needs; save model.state_dict() alone");
        }
    }

    private void AddGlobal((string Module, string Name) global)
    {
        // PyTorch 1.5 and earlier wrap a saved module's class in a persistent id of its own.
        var isRoot = (_stack.IsEmpty && _pickle.MakeAnObject()) || _stack.HoldsOnly("module");
        _stack.Push(PickledGlobals.Resolve(_file, $"{global.Module}.{global.Name}", isRoot));
    }

    private void AddBytes(ulong length)
    {
        _pickle.Take(length);
        _stack.Push(SomeBytes);
    }

    private readonly void SetItems(object?[] items)
    {
        if (items.Length % 2 != 0)
        {
            throw _file.Damaged("its pickle has a key without a value");
        }

        var dictionary = _stack.Top<PickledDictionary>();
        for (var i = 0; i < items.Length; i += 2)
        {
            dictionary.Add(items[i], items[i + 1]);
        }
    }
}
