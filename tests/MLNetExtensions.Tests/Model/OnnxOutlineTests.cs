using Google.Protobuf;
using MLNetExtensions.Tests.Scoring;
using MLVision.MLNetExtensions.Model;

namespace MLNetExtensions.Tests.Model;

public sealed class OnnxOutlineTests
{
    [Fact]
    public void Of_OwnModel_FindsNothing()
    {
        var outline = OnnxOutline.Of(TinyClassifier.Model().ToByteArray());

        Assert.Null(outline.External);
        Assert.False(outline.HasDigest);
    }

    [Theory]
    [InlineData("initializer")]
    [InlineData("constant")]
    [InlineData("list of tensors")]
    [InlineData("branch")]
    [InlineData("one of branches")]
    [InlineData("only its place")]
    public void Of_TensorOutside_IsFoundWhereverItStands(string place)
    {
        var tensor = External("secret/weights.bin");
        var model = TinyClassifier.Model();
        var attribute = new AttributeProto { Name = "a" };
        var branch = new GraphProto { Initializer = { tensor } };
        switch (place)
        {
            case "initializer":
                model.Graph.Initializer.Add(tensor);
                break;
            case "only its place":
                tensor.ExternalData.Clear();
                model.Graph.Initializer.Add(tensor);
                break;
            case "constant":
                attribute.T = tensor;
                break;
            case "list of tensors":
                attribute.Tensors.Add(tensor);
                break;
            case "branch":
                attribute.G = branch;
                break;
            default:
                attribute.Graphs.Add(branch);
                break;
        }

        model.Graph.Node.Add(new NodeProto { OpType = "If", Attribute = { attribute } });

        var outline = OnnxOutline.Of(model.ToByteArray());

        Assert.Equal("W", outline.External?.Name);
        Assert.Equal(place == "only its place" ? "" : "secret/weights.bin", outline.External?.Location);
    }

    /// <summary>Fields whose numbers onnx.proto has and this project does not: a sparse tensor, a graph for training.</summary>
    [Theory]
    [InlineData(7, 15, 1)]      // model → graph → sparse_initializer → values
    [InlineData(20, 1, 5)]      // model → training_info → initialization → initializer
    public void Of_TensorOutsideInPartsThatAreNotParsed_IsFound(params int[] fields)
    {
        var bytes = fields.Reverse().Aggregate(External("x.bin").ToByteArray(), (inner, field) => Field(field, inner));

        Assert.Equal("x.bin", OnnxOutline.Of(bytes).External?.Location);
    }

    [Fact]
    public void Of_TensorThatIsGivenTwice_CountsBoth()
    {
        var inside = new TensorProto { Name = "W", RawData = ByteString.CopyFrom(1) }.ToByteArray();
        var constant = Field(5, [.. External("x.bin").ToByteArray(), .. inside]);

        Assert.Equal("x.bin", OnnxOutline.Of(Field(7, Field(1, Field(5, constant)))).External?.Location);
    }

    [Theory]
    [InlineData("ai.onnx.ml", null)]
    [InlineData("com.microsoft", null)]
    [InlineData("com.evil\u001b[2J", "has an operator 'Run' of the domain 'com.evil?[2J', and ONNX Runtime has none of that domain")]
    public void Of_Domain_IsOneThatIsKnown(string domain, string? refusal)
    {
        var model = TinyClassifier.Model();
        model.Graph.Node.Add(new NodeProto { OpType = "Run", Domain = domain });

        Assert.Equal(refusal, Record.Exception(() => OnnxOutline.Of(model.ToByteArray()))?.Message);
    }

    [Theory]
    [InlineData("Loop")]
    [InlineData("EPContext")]
    public void Of_OperatorThatReachesOut_IsRefused(string operation)
    {
        var model = TinyClassifier.Model();
        model.Graph.Node.Add(new NodeProto { OpType = operation });

        Assert.Contains(operation, Assert.Throws<OnnxRefusal>(() => OnnxOutline.Of(model.ToByteArray())).Message, StringComparison.Ordinal);
    }

    /// <summary>With a zero in a key, ONNX Runtime's own reader of metadata ends in a null reference.</summary>
    [Theory]
    [InlineData("a\0b", "text")]
    [InlineData("text", "a\0b")]
    public void Of_MetadataWithAZero_AreRefused(string key, string value)
    {
        var model = TinyClassifier.Model();
        model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });

        Assert.Equal(
            "is damaged: its metadata hold bytes that are no text",
            Assert.Throws<OnnxRefusal>(() => OnnxOutline.Of(model.ToByteArray())).Message);
    }

    [Fact]
    public void Of_Functions_AreRefused() => Assert.StartsWith(
        "defines operators of its own", Assert.Throws<OnnxRefusal>(() => OnnxOutline.Of(Field(25, []))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(8, false)]
    [InlineData(9, true)]
    [InlineData(1_000, true)]
    public void Of_GraphsInGraphs_HaveABound(int depth, bool isRefused)
    {
        var graph = Array.Empty<byte>();
        for (var i = 1; i < depth; i++)
        {
            graph = Field(1, Field(5, Field(6, graph)));    // node → attribute → graph
        }

        var error = Record.Exception(() => OnnxOutline.Of(Field(7, graph)));

        Assert.Equal(isRefused ? "nests graphs in graphs more than 8 deep, as no image classifier does" : null, error?.Message);
    }

    /// <summary>A type may be a sequence of sequences: twelve bytes a level, as deep as wanted.</summary>
    [Fact]
    public void Of_TypesInTypes_HaveABound()
    {
        var type = Enumerable.Range(0, 100).Aggregate(Array.Empty<byte>(), (inner, _) => Field(4, Field(1, inner)));

        Assert.Throws<OnnxRefusal>(() => OnnxOutline.Of(Field(7, Field(11, Field(2, type)))));
    }

    /// <summary>Two bytes a node, each of which would take a hundred in memory.</summary>
    [Fact]
    public void Of_MillionsOfNodes_AreRefused()
    {
        var nodes = new byte[2 * 5_000_001];
        for (var i = 0; i < nodes.Length; i += 2)
        {
            nodes[i] = 0x0a;
        }

        Assert.Equal(
            "has more than 5,000,000 fields, as no image classifier has",
            Assert.Throws<OnnxRefusal>(() => OnnxOutline.Of(Field(7, nodes))).Message);
    }

    [Theory]
    [InlineData("3a05")]                // a graph of five bytes that are not there
    [InlineData("0b0c")]                // a group
    [InlineData("00")]                  // field 0
    [InlineData("ffffffffffffffffffff01")]
    [InlineData("7ae1ffffffffffffff7f")]
    public void Of_NoProtocolBuffer_IsRefused(string hexadecimal) => Assert.Equal(
        "is neither an ML.NET model.zip nor an ONNX model that can be run, or it is damaged (it is no protocol buffer, or it ends too "
        + "early)",
        Assert.Throws<OnnxRefusal>(() => OnnxOutline.Of(Convert.FromHexString(hexadecimal))).Message);

    internal static TensorProto External(string location) => new()
    {
        Name = "W",
        DataLocation = TensorProto.Types.DataLocation.External,
        ExternalData = { new StringStringEntryProto { Key = "location", Value = location } },
    };

    private static byte[] Field(int number, byte[] content)
    {
        using var stream = new MemoryStream();
        var output = new CodedOutputStream(stream);
        output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(content));
        output.Flush();
        return stream.ToArray();
    }
}
