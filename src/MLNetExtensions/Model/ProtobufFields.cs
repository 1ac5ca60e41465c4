namespace MLVision.MLNetExtensions.Model;

/// <summary>The fields of a protocol buffer one after the other, in place: nothing is copied, and no field's meaning is known.</summary>
/// <remarks>Source: protobuf.dev, "Encoding". Groups, which ONNX never had, are refused.</remarks>
internal ref struct ProtobufFields(ReadOnlySpan<byte> message)
{
    private const int LongestNumber = 10;
    private const int KindBits = 3;
    private const int Number64 = 1, Bytes = 2, Number32 = 5;

    private ReadOnlySpan<byte> _left = message;

    /// <summary>The field's number.</summary>
    public int Number { get; private set; }

    /// <summary>A field of bytes, text or a message: its content; otherwise empty.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>A field of a whole number: the number; otherwise 0.</summary>
    public ulong Value { get; private set; }

    /// <summary>Goes to the next field; false at the end.</summary>
    /// <exception cref="InvalidDataException">The message is cut, or not one.</exception>
    public bool MoveNext()
    {
        if (_left.IsEmpty)
        {
            return false;
        }

        var tag = ReadNumber();
        (Number, Value) = ((int)((tag & uint.MaxValue) >> KindBits), 0);
        Content = [];
        if (tag > uint.MaxValue || Number == 0)
        {
            throw Damaged();
        }

        switch ((int)(tag & ((1 << KindBits) - 1)))
        {
            case 0:
                Value = ReadNumber();
                return true;
            case Number64:
                Take(sizeof(ulong));
                return true;
            case Number32:
                Take(sizeof(uint));
                return true;
            case Bytes:
                Content = Take(ReadNumber());
                return true;
            default:
                throw Damaged();
        }
    }

    private static InvalidDataException Damaged() => new("it is no protocol buffer, or it ends too early");

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_left.Length)
        {
            throw Damaged();
        }

        var taken = _left[..(int)length];
        _left = _left[(int)length..];
        return taken;
    }

    private ulong ReadNumber()
    {
        const int Bits = 7;
        ulong number = 0;
        for (var i = 0; i < LongestNumber && i < _left.Length; i++)
        {
            number |= (ulong)(_left[i] & 0x7f) << (i * Bits);
            if (_left[i] < 0x80)
            {
                _left = _left[(i + 1)..];
                return number;
            }
        }

        throw Damaged();
    }
}
