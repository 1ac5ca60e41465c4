using System.Runtime.InteropServices;
using Google.Protobuf;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring.Sessions;

namespace MLNetExtensions.Tests.Scoring;

/// <summary>Models of <see cref="TinyClassifier"/> whose graph says what cannot be true.</summary>
internal static class FaultyModels
{
    private const int FloatType = 1;
    private const int IntType = 6;
    private const int LongType = 7;

    /// <summary>The faults that a trial finds, each with what is said of it.</summary>
    public static IReadOnlyDictionary<string, (Action<ModelProto> Make, string Predicate)> All { get; } =
        new Dictionary<string, (Action<ModelProto>, string)>(StringComparer.Ordinal)
        {
            ["NaN weight"] = (model => SetSharpness(model, float.NaN), "gives scores of a grey image that are NaN or infinite"),
            ["infinite weight"] =
                (model => SetSharpness(model, float.PositiveInfinity), "gives scores of a grey image that are NaN or infinite"),
            // The sigmoid of 128 / 16 is 0.99966.
            ["sum"] = (model => SetActivation(model, "Sigmoid"), "gives scores of a grey image that sum to 2.999 instead of 1"),
            ["no probability"] = (model => SetActivation(model, "Relu"), "gives a grey image the score 8, which is no probability"),
            ["index too large"] =
                (model => AddToIndex(model, 7), "gives a grey image the PredictedIndex 7, and there are 3 classes"),
            ["index negative"] =
                (model => AddToIndex(model, -1), "gives a grey image the PredictedIndex -1, and there are 3 classes"),
            ["index of another class"] =
                (PredictWorst, "gives a grey image the PredictedIndex 0, although its largest score is 2's"),
        };

    /// <summary>A model in which the trial finds no fault: grey gives numbers, any other colour the roots of negative ones.</summary>
    public static ModelProto OfNumbersForGreyOnly()
    {
        var model = TinyClassifier.Model();
        model.Graph.Initializer.Add(Constant("grey", FloatType, [(float)TrialImage.Grey]));
        var scaling = model.Graph.Node.Single(node => node.OpType == "Mul");
        var at = model.Graph.Node.IndexOf(scaling);
        model.Graph.Node.RemoveAt(at);
        model.Graph.Node.Insert(at, Node("Sub", ["means", "grey"], "difference"));
        model.Graph.Node.Insert(at + 1, Node("Mul", ["difference", "difference"], "square"));
        model.Graph.Node.Insert(at + 2, Node("Neg", ["square"], "negative"));
        model.Graph.Node.Insert(at + 3, Node("Sqrt", ["negative"], "logits"));
        return model;
    }

    /// <summary>Gives the index as another type.</summary>
    public static void GiveIndexAsInt32(ModelProto model)
    {
        model.Graph.Node.Single(node => node.OpType == "ArgMax").Output[0] = "index";
        var cast = Node("Cast", ["index"], ClassifierModel.PredictedIndex);
        cast.Attribute.Add(new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = IntType });
        model.Graph.Node.Add(cast);
        model.Graph.Output.Single(port => port.Name == ClassifierModel.PredictedIndex).Type.TensorType.ElemType = IntType;
    }

    /// <summary>Makes a model that has no index, as another program may.</summary>
    public static void TakeIndexOut(ModelProto model)
    {
        model.Graph.Node.Remove(model.Graph.Node.Single(node => node.OpType == "ArgMax"));
        model.Graph.Output.Remove(model.Graph.Output.Single(port => port.Name == ClassifierModel.PredictedIndex));
    }

    /// <summary>Puts another value in place of a property's.</summary>
    public static void SetProperty(ModelProto model, string key, string value) =>
        model.MetadataProps.Single(property => property.Key == key).Value = value;

    private static void SetSharpness(ModelProto model, float value) =>
        model.Graph.Initializer[0].RawData = ByteString.CopyFrom(BitConverter.GetBytes(value));

    private static void SetActivation(ModelProto model, string type)
    {
        var node = model.Graph.Node.Single(node => node.OpType == "Softmax");
        node.OpType = type;
        node.Attribute.Clear();
    }

    private static void AddToIndex(ModelProto model, long number)
    {
        model.Graph.Node.Single(node => node.OpType == "ArgMax").Output[0] = "index";
        model.Graph.Initializer.Add(Constant("number", LongType, [number]));
        model.Graph.Node.Add(Node("Add", ["index", "number"], ClassifierModel.PredictedIndex));
    }

    private static void PredictWorst(ModelProto model)
    {
        var scaling = model.Graph.Node.Single(node => node.OpType == "Mul");
        scaling.Output[0] = "scaled";
        model.Graph.Initializer.Add(Constant("bias", FloatType, [0f, 1f, 2f]));
        model.Graph.Node.Insert(model.Graph.Node.IndexOf(scaling) + 1, Node("Add", ["scaled", "bias"], "logits"));
        model.Graph.Node.Single(node => node.OpType == "ArgMax").OpType = "ArgMin";
    }

    private static TensorProto Constant<T>(string name, int type, T[] values)
        where T : unmanaged
    {
        var bytes = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan()));
        return new TensorProto { Name = name, DataType = type, Dims = { values.Length }, RawData = bytes };
    }

    private static NodeProto Node(string type, string[] inputs, string output) =>
        new() { OpType = type, Name = output, Input = { inputs }, Output = { output } };
}
