using System.Text;
using System.Text.Unicode;

namespace MLVision.MLNetExtensions.Model;

/// <summary>What is to be known of an ONNX model before anything else reads it: that it is data, and of bounded size and depth.</summary>
/// <remarks>
/// Every reader asks it first, so that all of them refuse the same files. It walks through the bytes of onnx.proto's messages and keeps
/// nothing: a hostile file costs time in proportion to its length. Field numbers: onnx/onnx.proto3 (ONNX 1.18). A field that is given
/// twice, of which a parser keeps the last or joins both, counts twice here.
/// </remarks>
internal sealed class OnnxOutline
{
    private const int MostFields = 5_000_000;
    private const int MostDepth = 48;
    private const int MostGraphs = 8;       // one inside the other
    private const string Loop = "Loop";
    private const string Engine = "EPContext";      // names a file of a compiled model
    private const string Location = "location";

    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private int _fields;

    private OnnxOutline()
    {
    }

    private enum Part
    {
        Model, Training, Function, Graph, Node, Attribute, Tensor, SparseTensor, Port, Type, TypeOfOthers, TensorType, Shape, Property,
        Other,
    }

    /// <summary>The first tensor that the model keeps outside of its file; null where it has all in itself.</summary>
    public ExternalTensor? External { get; private set; }

    /// <summary>Whether it has a graph, without which it is no model.</summary>
    public bool HasGraph { get; private set; }

    /// <summary>Whether its metadata name a digest of the rest.</summary>
    public bool HasDigest { get; private set; }

    /// <summary>Walks through a model.</summary>
    /// <exception cref="OnnxRefusal">It is damaged, is not mere data, contradicts itself, or is larger or deeper than any image
    /// classifier.</exception>
    public static OnnxOutline Of(ReadOnlySpan<byte> model)
    {
        var outline = new OnnxOutline();
        try
        {
            outline.Walk(Part.Model, model, depth: 0, graphs: 0);
        }
        catch (InvalidDataException e)
        {
            throw OnnxRefusal.OfNoModel($" ({e.Message})", e);
        }

        return outline;
    }

    private void Walk(Part part, ReadOnlySpan<byte> message, int depth, int graphs)
    {
        graphs += part == Part.Graph ? 1 : 0;
        HasGraph |= graphs > 0;
        if (depth > MostDepth || graphs > MostGraphs)
        {
            throw new OnnxRefusal($"nests graphs in graphs more than {MostGraphs} deep, as no image classifier does");
        }

        if (part == Part.Function)
        {
            throw new OnnxRefusal("defines operators of its own, as no image classifier does; export it without functions");
        }

        if (part == Part.Tensor)
        {
            LookAtTensor(message);
            return;
        }

        var fields = new ProtobufFields(message);
        var operation = "";
        while (fields.MoveNext())
        {
            Count();
            switch (part, fields.Number)
            {
                case (Part.Node, 4):
                    operation = Text(fields.Content);
                    ThrowIfRefused(operation);
                    break;
                case (Part.Node, 7):
                    ThrowIfUnknown(Text(fields.Content), operation);
                    break;
                case (Part.Property, 2):
                    ThrowUnlessText(fields.Content);
                    break;
                case (Part.Property, 1):
                    ThrowUnlessText(fields.Content);
                    ThrowIfSeen(Text(fields.Content));
                    HasDigest |= fields.Content.SequenceEqual(OnnxDigest.Property);
                    break;
                default:
                    if (Inside(part, fields.Number) is { } inner)
                    {
                        Walk(inner, fields.Content, depth + 1, graphs);
                    }

                    break;
            }
        }
    }

    private void LookAtTensor(ReadOnlySpan<byte> tensor)
    {
        const int Name = 8, ExternalData = 13, DataLocation = 14;
        var fields = new ProtobufFields(tensor);
        var (name, location, isOutside) = ("", "", false);
        while (fields.MoveNext())
        {
            Count();
            switch (fields.Number)
            {
                case Name:
                    name = Text(fields.Content);
                    break;
                case ExternalData:
                    isOutside = true;
                    location = Text(ValueOf(Location, fields.Content)) is { Length: > 0 } given ? given : location;
                    break;
                case DataLocation:
                    isOutside |= fields.Value != 0;
                    break;
            }
        }

        if (isOutside)
        {
            External ??= new ExternalTensor(name, location);
        }
    }

    /// <summary>The value of a pair of key and value; empty where the key is another.</summary>
    private static ReadOnlySpan<byte> ValueOf(string key, ReadOnlySpan<byte> pair)
    {
        ReadOnlySpan<byte> value = [];
        var isIt = false;
        for (var fields = new ProtobufFields(pair); fields.MoveNext();)
        {
            isIt |= fields.Number == 1 && Text(fields.Content) == key;
            value = fields.Number == 2 ? fields.Content : value;
        }

        return isIt ? value : [];
    }

    /// <summary>Which message a field of another one holds; null where it holds no message that matters.</summary>
    /// <remarks>A switch, because the first look-up in a frozen dictionary takes longer than a whole model.</remarks>
    private static Part? Inside(Part part, int field) => (part, field) switch
    {
        (Part.Model, 7) or (Part.Training, 1) or (Part.Training, 2) or (Part.Attribute, 6) or (Part.Attribute, 11) => Part.Graph,
        (Part.Model, 8) or (Part.Graph, 14) or (Part.Graph, 16) or (Part.Shape, 1) => Part.Other,
        (Part.Model, 14) => Part.Property,
        (Part.Model, 20) => Part.Training,
        (Part.Model, 25) => Part.Function,
        (Part.Graph, 1) => Part.Node,
        (Part.Graph, 5) or (Part.Attribute, 5) or (Part.Attribute, 10) or (Part.SparseTensor, 1) or (Part.SparseTensor, 2) => Part.Tensor,
        (Part.Graph, 11) or (Part.Graph, 12) or (Part.Graph, 13) => Part.Port,
        (Part.Graph, 15) or (Part.Attribute, 22) or (Part.Attribute, 23) => Part.SparseTensor,
        (Part.Node, 5) => Part.Attribute,
        (Part.Attribute, 14) or (Part.Attribute, 15) or (Part.Port, 2) or (Part.TypeOfOthers, 1) or (Part.TypeOfOthers, 2) => Part.Type,
        (Part.Type, 1) or (Part.Type, 8) => Part.TensorType,
        (Part.Type, 4) or (Part.Type, 5) or (Part.Type, 9) => Part.TypeOfOthers,
        (Part.TensorType, 2) => Part.Shape,
        _ => null,
    };

    /// <summary>ONNX Runtime cuts texts at a zero, and then misses the value of a key.</summary>
    private static void ThrowUnlessText(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Contains((byte)0) || !Utf8.IsValid(utf8))
        {
            throw OnnxRefusal.OfDamage("its metadata hold bytes that are no text");
        }
    }

    private static void ThrowIfRefused(string operation)
    {
        if (operation is Loop)
        {
            throw new OnnxRefusal($"has the operator {Loop}, whose rounds have no bound, and which no image classifier needs");
        }

        if (operation is Engine)
        {
            throw new OnnxRefusal($"is a model compiled for one device (operator {Engine}); give the one it was made of");
        }
    }

    private static void ThrowIfUnknown(string domain, string operation)
    {
        // ONNX's own operators, and those that ONNX Runtime's own tools put in their place.
        if (domain is not ("" or "ai.onnx" or "ai.onnx.ml" or "com.microsoft" or "com.microsoft.nchwc"))
        {
            throw new OnnxRefusal(
                $"has an operator {ForeignText.Quote(operation)} of the domain {ForeignText.Quote(domain)}, and ONNX Runtime has none of "
                + "that domain");
        }
    }

    /// <summary>Of two entries of a key some readers take the first, others the last.</summary>
    private void ThrowIfSeen(string key)
    {
        if (!_keys.Add(key))
        {
            throw new OnnxRefusal($"has {ForeignText.Quote(key)} twice in its metadata, so that nobody can tell which of them is meant");
        }
    }

    private void Count()
    {
        if (++_fields > MostFields)
        {
            throw new OnnxRefusal($"has more than {MostFields:N0} fields, as no image classifier has");
        }
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
