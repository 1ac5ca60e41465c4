namespace MLVision.MLNetExtensions.Model;

/// <summary>The names of what a model gives beside its scores: those of its ports, and of columns.</summary>
internal static class OutputPorts
{
    private static readonly ModelOutputs[] InOrder = [ModelOutputs.Embedding, ModelOutputs.Heat, ModelOutputs.Familiarity];

    /// <summary>All of them.</summary>
    public static ModelOutputs All { get; } = InOrder.Aggregate((all, output) => all | output);

    /// <summary>The single outputs of a set, in the order of the file.</summary>
    public static IEnumerable<ModelOutputs> Each(ModelOutputs outputs) => InOrder.Where(output => outputs.HasFlag(output));

    /// <summary>The names of a set's outputs, in the order of the file.</summary>
    public static IEnumerable<string> Names(ModelOutputs outputs) => Each(outputs).Select(output => output.ToString());

    /// <summary>The outputs that a model has.</summary>
    public static ModelOutputs Of(ModelProto model) => Among([.. model.Graph.Output.Select(port => port.Name)]);

    /// <summary>The outputs whose names are among these.</summary>
    public static ModelOutputs Among(IReadOnlyCollection<string> names) =>
        InOrder.Where(output => names.Contains(output.ToString())).Aggregate(ModelOutputs.None, (all, output) => all | output);

    /// <summary>How many dimensions an image's values have.</summary>
    public static int RankOf(ModelOutputs output) => output == ModelOutputs.Heat ? 2 : 1;
}
