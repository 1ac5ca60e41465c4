using System.Globalization;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Unicode;
using MLVision.Trainers.Models;
using MLVision.Trainers.Native;
using MLVision.Trainers.Options;
using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Training.Trust;
using MLVision.Trainers.Weights;
using MLVision.Trainers.Weights.Files.Tensors;
using MLVision.Trainers.Weights.Published;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Onnx;

/// <summary>Writes a network as an ONNX image classifier: pixels in, probabilities and the best class out.</summary>
/// <remarks>
/// Input <c>Pixels</c>: uint8 [N, H, W, 3], RGB. Outputs <c>Score</c>: float [N, classes], softmax, and <c>PredictedIndex</c>:
/// int64 [N, 1]; where asked for also <see cref="ModelOutputs"/>. Opset 17, IR version 8.
/// </remarks>
public static class OnnxExporter
{
    private const long OpsetVersion = 17;
    private const long IrVersion = 8;
    private const string MLDomain = "ai.onnx.ml";
    private const long MLOpsetVersion = 2;
    private const int SmallestImage = 8;

    /// <summary>Writes an architecture with weights from a file, published ones, or random ones.</summary>
    /// <param name="architecture">The architecture.</param>
    /// <param name="path">The file; an existing one is replaced when the new one is complete.</param>
    /// <param name="options">Labels, weights and sizes; null for the defaults.</param>
    /// <param name="cancellationToken">Stops a download.</param>
    /// <exception cref="OptionOutOfRangeException">An option is out of its range, or the images are too small for the network.</exception>
    /// <exception cref="ImageClassificationException">
    /// The file's name has the ending of another format, or memory is short.
    /// </exception>
    /// <exception cref="WeightsFileException">The file of weights is damaged, or contains more than weights.</exception>
    /// <exception cref="WeightMismatchException">The weights belong to another architecture or to other classes.</exception>
    /// <exception cref="UnknownWeightsException">There is no such file, and nothing published under this name.</exception>
    /// <exception cref="WeightsDownloadException">Published weights cannot be fetched.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <example>
    /// <code>OnnxExporter.Export(ImageModels.Get("resnet50"), "resnet50.onnx", new OnnxExportOptions { Weights = "imagenet1k_v2" });</code>
    /// </example>
    public static void Export(
        ImageModel architecture, string path, OnnxExportOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        options ??= new OnnxExportOptions();
        options = PublishedWeightsCatalog.AreNone(options.Weights) ? options with { Weights = null } : options;
        OptionOutOfRangeException.ThrowUnless(
            options.ImageSize is null or >= SmallestImage, nameof(options.ImageSize), options.ImageSize,
            $"at least {SmallestImage} pixels");
        CheckLabels(options.Labels);
        CheckWeights(options);
        OutputFile.ThrowUnlessWritable(path, ClassifierModel.Ending);
        TorchFault.InWords(new TorchWork(), () => Write(architecture, path, options, cancellationToken));
    }

    /// <summary>Size in bytes of the file that an architecture makes with the paper's number of classes.</summary>
    public static long MeasureSize(ImageModel architecture)
    {
        using var network = architecture.Build(architecture.Classes);
        var preprocessing = new ImagePreprocessing(architecture.ImageSize, architecture.ImageSize, Normalization.ImageNet);
        var metadata = preprocessing.Describe(architecture.Name, NumberedClasses(architecture.Classes));
        long size = 0;
        Export(network, metadata, model => size = model.CalculateSize() + OnnxDigest.Length);
        return size;
    }

    /// <summary>Describes the network, in evaluation mode, as an ONNX model and hands it to <paramref name="use"/>.</summary>
    /// <remarks>The model borrows the network's memory, so it is valid inside <paramref name="use"/> only.</remarks>
    /// <param name="network">The network.</param>
    /// <param name="metadata">What the file says of itself.</param>
    /// <param name="use">Receives the model.</param>
    /// <param name="outputs">What the model gives beside scores, which <see cref="ImageModel.Require"/> let pass.</param>
    /// <param name="familiarity">What images are compared with, where familiarity is asked for.</param>
    internal static void Export(
        Module<Tensor, Tensor> network, ClassifierMetadata metadata, Action<ModelProto> use, ModelOutputs outputs = ModelOutputs.None,
        FamiliarityReference? familiarity = null)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var weights = network.state_dict()
            .ToDictionary(entry => entry.Value.Handle, entry => new NamedWeight(entry.Key, Plain(entry.Value)));
        var graph = new OnnxGraph(weights);
        graph.Proto.Name = metadata.Architecture;
        var logits = graph.Apply(network, Normalize(graph, metadata));
        Decision.Write(graph.Proto, logits.Name, metadata);
        OutputNodes.Write(graph, graph.LastLayer(logits), outputs, familiarity);
        NameSlots(graph, metadata.Labels);

        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "mlvision",
            ProducerVersion = metadata.ProductVersion,
            Graph = graph.Proto,
            OpsetImport = { new OperatorSetIdProto { Version = OpsetVersion },
                new OperatorSetIdProto { Domain = MLDomain, Version = MLOpsetVersion } },
            MetadataProps = { metadata.ToProperties().Select(p => new StringStringEntryProto { Key = p.Key, Value = p.Value }) },
        };
        use(model);
        GC.KeepAlive(weights);
    }

    private static void Write(
        ImageModel architecture, string path, OnnxExportOptions options, CancellationToken cancellationToken)
    {
        using var start = StartingPoint.Open(
            architecture, options.Weights, options.WeightsKey, options.Logger ?? NullLogger.Instance, options.DownloadProgress,
            cancellationToken);
        var preprocessing = start.Preprocess(options.ImageSize, options.ResizeSize, options.Mean, options.StandardDeviation);
        start.Architecture.RequireImageSize(preprocessing.ImageSize);
        start.Architecture.Require(options.Outputs);
        var names = options.Labels ?? start.Labels ?? NumberedClasses(start.Classes ?? architecture.Classes);
        string[] labels = [.. names.Select(NormalForm.Of)];
        using var network = start.Build(labels.Length, options.Seed);
        var metadata = preprocessing.Describe(start.Architecture.Name, labels) with
        {
            Temperature = start.TemperatureFor(labels, preprocessing),
        };
        var familiarity = options.Outputs.HasFlag(ModelOutputs.Familiarity)
            ? ExportedFamiliarity.Of(start, network, labels, preprocessing) : null;
        metadata = metadata with { FamiliarityImages = familiarity?.Images ?? 0 };
        Export(network, metadata, model => AtomicFile.Write(path, stream => OnnxDigest.Write(model, stream)), options.Outputs, familiarity);
    }

    private static void CheckLabels(IReadOnlyList<string>? labels)
    {
        OptionOutOfRangeException.ThrowUnless(
            labels is null || labels.Count <= ClassLabels.Most, nameof(OnnxExportOptions.Labels), labels?.Count,
            $"a list of at most {ClassLabels.Most:N0} classes");
        if (labels?.FirstOrDefault(label => !string.IsNullOrWhiteSpace(label) && MetadataLimits.WhyNoLabel(label) is not null) is { } bad)
        {
            throw new OptionOutOfRangeException(
                nameof(OnnxExportOptions.Labels), $"{labels.Count} names",
                $"Labels has a name {MetadataLimits.WhyNoLabel(bad)}; give the class another one.");
        }

        if (labels is not null
            && (labels.Count < 2 || labels.Any(string.IsNullOrWhiteSpace)
                || labels.Select(NormalForm.Of).Distinct().Count() < labels.Count))
        {
            throw new OptionOutOfRangeException(
                nameof(OnnxExportOptions.Labels), string.Join(", ", labels), "Labels must name at least two classes, each once.");
        }
    }

    private static void CheckWeights(OnnxExportOptions options)
    {
        Normalization.Check(options.Mean, options.StandardDeviation);
        ImageTrainingOptions.CheckWeightsKey(options.WeightsKey, options.Weights);
    }

    private static string[] NumberedClasses(int count) =>
        [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture))];

    /// <summary>A weight as ONNX stores it: on the CPU, rows first, whatever the training kept it in.</summary>
    private static Tensor Plain(Tensor weight) => weight.detach().cpu().contiguous();

    /// <summary>uint8 [N, H, W, 3] → float [N, 3, S, S]: the centre, (x / 255 − mean) / std.</summary>
    private static OnnxValue Normalize(OnnxGraph graph, ClassifierMetadata metadata)
    {
        var (input, size) = ((long)metadata.ImageSize, (long)metadata.CropSize);
        graph.Proto.Input.Add(ClassifierModel.Port(ClassifierModel.Pixels, TensorProto.Types.DataType.Uint8, input, input, 3));
        using var mean = tensor(metadata.Mean.Select(m => m * 255f).ToArray()).view(1, 3, 1, 1);
        using var scale = tensor(metadata.StandardDeviation.Select(s => 1f / (s * 255f)).ToArray()).view(1, 3, 1, 1);
        long[] shape = [3, size, size];

        var x = new OnnxValue(ClassifierModel.Pixels, [input, input, 3]);
        x = size == input ? x : CutCentre(graph, x, ImagePreprocessing.MarginOf(metadata.ImageSize, metadata.CropSize), size);
        x = graph.Node("Cast", x.Shape, [x], OnnxGraph.Attribute("to", (long)TensorProto.Types.DataType.Float));
        x = graph.Node("Transpose", shape, [x], OnnxGraph.Attribute("perm", 0, 3, 1, 2));
        x = graph.Node("Sub", shape, [x, graph.Constant(mean, "pixel_mean")]);
        return graph.Node("Mul", shape, [x, graph.Constant(scale, "pixel_scale")]);
    }

    private static OnnxValue CutCentre(OnnxGraph graph, OnnxValue x, int margin, long size)
    {
        using var starts = tensor(new long[] { margin, margin });
        using var ends = tensor(new[] { margin + size, margin + size });
        using var axes = tensor(new long[] { 1, 2 });
        return graph.Node(
            "Slice", [size, size, 3],
            [x, graph.Constant(starts, "crop_starts"), graph.Constant(ends, "crop_ends"), graph.Constant(axes, "crop_axes")]);
    }

    /// <summary>
    /// The node from which ML.NET's OnnxTransformer reads the slot names of <c>Score</c>. It encodes one label; nothing uses the result.
    /// </summary>
    private static void NameSlots(OnnxGraph graph, IReadOnlyList<string> labels)
    {
        var keys = new AttributeProto { Name = "keys_strings", Type = AttributeProto.Types.AttributeType.Strings };
        keys.Strings.Add(labels.Select(ByteString.CopyFromUtf8));
        var values = new AttributeProto { Name = "values_int64s", Type = AttributeProto.Types.AttributeType.Ints };
        values.Ints.Add(Enumerable.Range(0, labels.Count).Select(i => (long)i));
        var example = new TensorProto
        {
            Name = "label_example",
            Dims = { 1 },
            DataType = (int)TensorProto.Types.DataType.String,
            StringData = { ByteString.CopyFromUtf8(labels[0]) },
        };
        graph.Proto.Initializer.Add(example);
        graph.Proto.Node.Add(new NodeProto
        {
            OpType = "LabelEncoder",
            Domain = MLDomain,
            Name = $"mlnet.{ClassifierModel.Score}.SlotNames",
            Input = { example.Name },
            Output = { "label_example_index" },
            Attribute = { keys, values },
        });
    }
}
