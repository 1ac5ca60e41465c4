using MLNetExtensions.Tests.Quantization;
using MLVision.MLNetExtensions.Model;

namespace MLNetExtensions.Tests.Model;

public sealed class DecisionTests
{
    private static readonly ClassifierMetadata Metadata = new()
    {
        Architecture = "tiny",
        Labels = ["a", "b", "c"],
        ImageSize = 8,
        Mean = [0, 0, 0],
        StandardDeviation = [1, 1, 1],
    };

    [Fact]
    public void Write_Logits_EndsTheGraphInScoresAndTheirLargest()
    {
        var graph = new GraphProto();

        Decision.Write(graph, "logits", Metadata);

        Assert.Equal(["Softmax(logits) → Score", "ArgMax(Score) → PredictedIndex"], graph.Node.Select(
            node => $"{node.OpType}({string.Join(", ", node.Input)}) → {string.Join(", ", node.Output)}"));
        Assert.Equal(["Score [N, 3]", "PredictedIndex [N, 1]"], graph.Output.Select(Describe));
    }

    [Fact]
    public void Write_Temperature_DividesByANodeOfItsOwn()
    {
        var graph = new GraphProto();

        Decision.Write(graph, "logits", Metadata with { Temperature = 2 });

        Assert.Equal(
            ["Div(logits, temperature)", "Softmax(calibrated_logits)", "ArgMax(Score)"],
            graph.Node.Select(node => $"{node.OpType}({string.Join(", ", node.Input)})"));
        Assert.Equal(2f, BitConverter.ToSingle(Assert.Single(graph.Initializer).RawData.Span));
        Assert.All(graph.Node, node => Assert.True(Decision.Contains(node)));
    }

    [Fact]
    public void Contains_WhatWriteAdded_AndNothingElse()
    {
        var graph = new GraphProto { Node = { new NodeProto { OpType = "Softmax", Output = { "attention" } } } };
        Decision.Write(graph, "logits", Metadata);
        graph.Node.Add(new NodeProto { OpType = "ArgMax", Output = { "another" } });

        var decides = graph.Node.Select(Decision.Contains);

        Assert.Equal([false, true, true, false], decides);
    }

    [Fact]
    public void Contains_NodesOfAQuantisedModel_ReadFloatsStill()
    {
        var network = new TinyNetwork();
        var model = network.Classify(network.Convolution(network.Image, 3, 4), 4);

        var quantized = OnnxRun.Quantize(model);

        Assert.Equal(model.Graph.Node.Where(Decision.Contains), quantized.Graph.Node.Where(Decision.Contains));
    }

    // As ONNX's ArgMax does, which the file decides by.
    [Fact]
    public void Best_Tie_TakesTheFirst() => Assert.Equal(1, Decision.Best([0.2f, 0.4f, 0.4f]));

    [Theory]
    [InlineData(0.5f, true)]
    [InlineData(0, true)]
    [InlineData(float.NaN, false)]
    [InlineData(float.PositiveInfinity, false)]
    [InlineData(float.NegativeInfinity, false)]
    public void AreNumbers_OneScore_MustBeFinite(float score, bool expected) =>
        Assert.Equal(expected, Decision.AreNumbers([0.1f, score, 0.2f]));

    private static string Describe(ValueInfoProto port) => $"{port.Name} [" + string.Join(
        ", ",
        port.Type.TensorType.Shape.Dim.Select(dim => dim.DimParam.Length > 0 ? dim.DimParam : $"{dim.DimValue}")) + "]";
}
