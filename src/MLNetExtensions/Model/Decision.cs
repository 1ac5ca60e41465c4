using Google.Protobuf;

namespace MLVision.MLNetExtensions.Model;

/// <summary>How a classifier's logits become scores, and its scores a class. Nothing else in the product says so.</summary>
/// <remarks>
/// In the file: logits [N, classes], divided by a temperature where it is not 1 → softmax, <c>Score</c> [N, classes] → index of the
/// largest, <c>PredictedIndex</c> [N, 1]. In memory: the scores of one image, one a class → a class. Whatever decides otherwise, such as a
/// threshold for each class, belongs here. Its counterpart in training is the objective. The temperature is a node of its own, so that the
/// last layer's weights in the file are those that were trained, and training that goes on from them starts without it.
/// </remarks>
internal static class Decision
{
    private const string Scoring = "Softmax";
    private const string Choosing = "ArgMax";
    private const string Cooling = "Div";
    private const string Calibrated = "calibrated_logits";
    private const string Temperature = "temperature";

    /// <summary>Ends a graph: adds the nodes and the outputs that decide.</summary>
    /// <param name="graph">The graph up to the logits.</param>
    /// <param name="logits">Name of the logits: float [N, classes].</param>
    /// <param name="metadata">What the file says of the classifier.</param>
    public static void Write(GraphProto graph, string logits, ClassifierMetadata metadata)
    {
        if (metadata.Temperature != 1)
        {
            graph.Initializer.Add(new TensorProto
            {
                Name = Temperature,
                DataType = (int)TensorProto.Types.DataType.Float,
                RawData = ByteString.CopyFrom(BitConverter.GetBytes((float)metadata.Temperature)),
            });
            graph.Node.Add(new NodeProto { OpType = Cooling, Name = Calibrated, Input = { logits, Temperature }, Output = { Calibrated } });
            logits = Calibrated;
        }

        graph.Node.Add(new NodeProto
        {
            OpType = Scoring,
            Name = ClassifierModel.Score,
            Input = { logits },
            Output = { ClassifierModel.Score },
            Attribute = { NodeAttributes.Of("axis", -1) },
        });
        graph.Node.Add(new NodeProto
        {
            OpType = Choosing,
            Name = ClassifierModel.PredictedIndex,
            Input = { ClassifierModel.Score },
            Output = { ClassifierModel.PredictedIndex },
            Attribute = { NodeAttributes.Of("axis", 1), NodeAttributes.Of("keepdims", 1) },
        });
        graph.Output.Add(ClassifierModel.Port(ClassifierModel.Score, TensorProto.Types.DataType.Float, metadata.Labels.Count));
        graph.Output.Add(ClassifierModel.Port(ClassifierModel.PredictedIndex, TensorProto.Types.DataType.Int64, 1));
    }

    /// <summary>
    /// Whether a node of a graph with the file's port names decides. Such a node is no part of the network: it computes in float, whatever
    /// the network computes in.
    /// </summary>
    public static bool Contains(NodeProto node) => node.Domain.Length == 0
        && ((node.OpType == Cooling && node.Output.Contains(Calibrated))
            || (node.OpType == Scoring && node.Output.Contains(ClassifierModel.Score))
            || (node.OpType == Choosing && node.Output.Contains(ClassifierModel.PredictedIndex)));

    /// <summary>The class that an image's scores are for: the index of the largest, of equals the first, as in the file.</summary>
    /// <param name="scores">The scores, at least one, all of them numbers.</param>
    public static int Best(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
        {
            best = scores[i] > scores[best] ? i : best;
        }

        return best;
    }

    /// <summary>Whether an image's scores are numbers. Those of damaged weights are not, and no class may be read from them.</summary>
    public static bool AreNumbers(ReadOnlySpan<float> scores)
    {
        foreach (var score in scores)
        {
            if (!float.IsFinite(score))
            {
                return false;
            }
        }

        return true;
    }
}
