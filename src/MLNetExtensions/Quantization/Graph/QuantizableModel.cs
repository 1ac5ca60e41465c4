using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization.Calibration;

namespace MLVision.MLNetExtensions.Quantization.Graph;

/// <summary>A classifier prepared for quantisation: its batch normalisation is folded into convolutions.</summary>
internal sealed class QuantizableModel
{
    private readonly GraphLinks _links;
    private readonly HashSet<string> _layerNames;

    private QuantizableModel(ModelProto folded)
    {
        Folded = folded;
        _links = new GraphLinks(folded.Graph);
        Layers = [.. folded.Graph.Node.Where(node => QuantizableNodes.IsLayer(node, _links)).Select(node => node.Name)];
        _layerNames = [.. Layers];
        var region = new QuantizedRegion(_links, new HashSet<string>());
        Activations =
        [
            .. folded.Graph.Input.Select(port => port.Name).Concat(folded.Graph.Node.SelectMany(node => node.Output))
                .Where(region.IsQuantized).Select(region.ScaleSource).Distinct(),
        ];
    }

    /// <summary>
    /// The float model with batch normalisation folded and the pixels' normalisation in one node. It has the same inputs, outputs and
    /// metadata, and the same scores except for float rounding. Calibration runs on it.
    /// </summary>
    public ModelProto Folded { get; }

    /// <summary>
    /// Names of the float tensors in <see cref="Folded"/> whose ranges <see cref="Quantize"/> needs, in the graph's order.
    /// </summary>
    public IReadOnlyList<string> Activations { get; }

    /// <summary>
    /// Names of the nodes with weights that can be quantised (convolutions and fully connected layers), each once, in the graph's order.
    /// Each of them can be put back to float.
    /// </summary>
    public IReadOnlyList<string> Layers { get; }

    /// <summary>
    /// Folds a float classifier's batch normalisation and finds what can be quantised. The given model is not changed.
    /// </summary>
    /// <exception cref="ModelFileException">The model has no float layers to quantise: it may be quantised already.</exception>
    public static QuantizableModel Prepare(ModelProto float32)
    {
        ArgumentNullException.ThrowIfNull(float32);
        var folded = float32.Clone();
        BatchNormFolding.Fold(folded.Graph);
        PixelNormalization.Join(folded.Graph);
        NameLayers(folded.Graph);
        var model = new QuantizableModel(folded);
        return model.Layers.Count > 0
            ? model
            : throw new ModelFileException(
                "The model has no convolution or fully connected layer with float32 weights; "
                + "give the model as it was before it was quantised.");
    }

    /// <summary>The quantised model: uint8 activations, int8 weights with a scale per output channel, int32 biases.</summary>
    /// <param name="ranges">A range for each of <see cref="Activations"/>; others are ignored.</param>
    /// <param name="floatLayers">
    /// Some of <see cref="Layers"/> that keep their float weights. Such a layer reads the rounded results of the layers before it. Its own
    /// result is rounded only if a quantised layer reads it, so a ReLU or SiLU between two float layers is float, too.
    /// </param>
    /// <exception cref="ArgumentException">A range is missing or invalid, or there is no such layer.</exception>
    public ModelProto Quantize(IReadOnlyDictionary<string, ActivationRange> ranges, IReadOnlySet<string> floatLayers)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        ArgumentNullException.ThrowIfNull(floatLayers);
        if (floatLayers.FirstOrDefault(name => !_layerNames.Contains(name)) is { } unknown)
        {
            throw new ArgumentException(
                $"The model has no layer '{unknown}'; its layers are {string.Join(", ", Layers)}.", nameof(floatLayers));
        }

        var quantized = new ModelProto(Folded) { Graph = null };
        quantized.Graph = QuantizedGraph.Write(Folded.Graph, _links, new QuantizedRegion(_links, floatLayers), ranges);
        return quantized;
    }

    /// <summary>The layer's name; if it has none, the name of its output, which is unique.</summary>
    private static void NameLayers(GraphProto graph)
    {
        var taken = new HashSet<string>();
        foreach (var node in graph.Node)
        {
            if (node.Name.Length == 0 || !taken.Add(node.Name))
            {
                node.Name = node.Output[0];
            }
        }
    }
}
