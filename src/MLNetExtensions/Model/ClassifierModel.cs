using Google.Protobuf.Collections;
using MLVision.MLNetExtensions.Files;

namespace MLVision.MLNetExtensions.Model;

/// <summary>An image classifier as an ONNX model: the file's contract, its ports and its metadata.</summary>
/// <remarks>
/// Input <c>Pixels</c>: uint8 [N, H, W, 3], RGB, 0..255. Outputs <c>Score</c>: float [N, classes], and <c>PredictedIndex</c>: int64
/// [N, 1], both as <see cref="Decision"/> makes them. Casting, transposing and normalising are in the graph.
/// </remarks>
internal static class ClassifierModel
{
    public const string Pixels = "Pixels";
    public const string Score = "Score";
    public const string PredictedIndex = "PredictedIndex";

    /// <summary>What the names of such files end in.</summary>
    public const string Ending = ".onnx";

    private const string Batch = "N";

    /// <summary>Reads a classifier's ONNX file.</summary>
    /// <exception cref="ModelFileException">The file is missing, damaged, or not a classifier written by this product.</exception>
    public static (ModelProto Model, ClassifierMetadata Metadata) Load(string path)
    {
        var name = $"'{path}'";
        return Entry.KindOf(path) == EntryKind.File
            ? Read(OnnxModel.OfFile(File.ReadAllBytes(path), path, name).Parse(), name)
            : throw new ModelFileException($"The model file {name} does not exist.");
    }

    /// <summary>Reads what a classifier's ONNX model says of itself.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">Its name in error messages.</param>
    /// <exception cref="ModelFileException">The model is not a classifier written by this product.</exception>
    public static (ModelProto Model, ClassifierMetadata Metadata) Read(ModelProto model, string name)
    {
        var properties = model.MetadataProps.DistinctBy(p => p.Key).ToDictionary(p => p.Key, p => p.Value);
        return (model, ReadMetadata(properties, name));
    }

    /// <summary>Reads a model's metadata.</summary>
    /// <param name="properties">Its <c>metadata_props</c>.</param>
    /// <param name="model">The model's name in error messages.</param>
    /// <exception cref="ModelFileException">A property is missing, damaged or impossible.</exception>
    public static ClassifierMetadata ReadMetadata(IReadOnlyDictionary<string, string> properties, string model)
    {
        try
        {
            var metadata = ClassifierMetadata.FromProperties(properties);
            MetadataLimits.ThrowIfExceeded(metadata, model);
            return metadata;
        }
        catch (KeyNotFoundException e)
        {
            throw new ModelFileException($"{model} is not an image classifier of this product: its metadata is missing or damaged.", e);
        }
        catch (FormatException e)
        {
            throw new ModelFileException($"{model} is not an image classifier of this product: {e.Message}.", e);
        }
    }

    /// <summary>Describes an input or output of the graph.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Type of its elements.</param>
    /// <param name="shape">Its shape behind the batch dimension, whose length is free.</param>
    public static ValueInfoProto Port(string name, TensorProto.Types.DataType type, params IEnumerable<long> shape)
    {
        var dimensions = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = Batch } } };
        dimensions.Dim.Add(shape.Select(n => new TensorShapeProto.Types.Dimension { DimValue = n }));
        var tensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = dimensions };
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensorType } };
    }

    /// <summary>Renames an input or output of the graph, wherever it is used.</summary>
    public static void RenamePort(ModelProto model, string from, string to)
    {
        foreach (var port in model.Graph.Input.Concat(model.Graph.Output).Where(p => p.Name == from))
        {
            port.Name = to;
        }

        foreach (var node in model.Graph.Node)
        {
            Rename(node.Input, from, to);
            Rename(node.Output, from, to);
        }
    }

    private static void Rename(RepeatedField<string> names, string from, string to)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == from)
            {
                names[i] = to;
            }
        }
    }
}
