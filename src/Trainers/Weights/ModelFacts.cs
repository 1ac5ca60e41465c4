using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Models;
using MLVision.Trainers.Weights.Files;
using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights;

/// <summary>What a file of an image classifier holds: a model, or weights alone.</summary>
/// <remarks>The file's content decides what it is, not its name. Nothing in it is run.</remarks>
public sealed record ModelFacts
{
    /// <summary>Ends of names of values that belong to no parameter: batch norm's statistics, and how int8 is scaled.</summary>
    private static readonly string[] NoParameters = ["running_mean", "running_var", "_scale", "_zero_point"];

    /// <summary>What the file is.</summary>
    public required ModelFileKind Kind { get; init; }

    /// <summary>
    /// Name of the architecture; null where it is none of ours. Weights that do not name it belong to the first of the table that they fit.
    /// </summary>
    public string? Architecture { get; init; }

    /// <summary>Class names in the order of the scores; empty where the file has none.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Number of classes; null where it is unknown.</summary>
    public int? Classes { get; init; }

    /// <summary>Width and height of the images that it takes, in pixels; null where the file does not say it.</summary>
    public int? ImageSize { get; init; }

    /// <summary>Names of what a model gives; empty for weights alone.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>
    /// Number of values that training changes, in all layers; statistics of batch norm do not count. A quantised model has fewer, because
    /// batch norm has become a part of its convolutions.
    /// </summary>
    public required long Parameters { get; init; }

    /// <summary>The numbers that most parameters are: <c>fp32</c>, <c>fp16</c>, <c>bf16</c>, <c>fp64</c>, <c>int8</c>.</summary>
    public required string Precision { get; init; }

    /// <summary>What the file says of itself, as it stands there; empty for PyTorch's files.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Looks into a file.</summary>
    /// <param name="path">A <c>model.zip</c>, an ONNX file, a file of <c>torch.save</c>, or a safetensors file.</param>
    /// <exception cref="WeightsFileException">The file is missing, damaged, of another kind, or holds more than weights.</exception>
    /// <exception cref="ModelFileException">A zip of ML.NET holds no image classifier, or an ONNX model is damaged.</exception>
    public static ModelFacts Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var kind = WeightsFile.KindOf(path);
        try
        {
            return kind is ModelFileKind.ModelZip or ModelFileKind.Onnx ? OfModel(path, kind) : OfWeights(path, kind);
        }
        catch (WeightsFileException e) when (e.NeitherModelNorWeights is { } sentence)
        {
            throw new WeightsFileException(sentence, e);
        }
    }

    private static ModelFacts OfModel(string path, ModelFileKind kind)
    {
        var content = ModelContent.OfFile(path);
        var model = content.Parse();
        StockChain.RestorePorts(model);
        var about = model.MetadataProps.DistinctBy(p => p.Key).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
        var saved = OwnMetadata.Read(about);
        // In our files, constants of the graph itself have no dot in their names.
        var parameters = Constants(model.Graph)
            .Where(constant => saved is null || constant.Name.Contains('.', StringComparison.Ordinal))
            .Where(constant => !NoParameters.Any(end => constant.Name.EndsWith(end, StringComparison.Ordinal)))
            .Select(constant => (constant.Tensor.DataType, Count: constant.Tensor.Dims.Aggregate(1L, (a, b) => a * b)))
            .ToList();
        return Of(kind, saved, about) with
        {
            Outputs = [.. model.Graph.Output.Select(port => port.Name)],
            Parameters = parameters.Sum(tensor => tensor.Count),
            Precision = Most(parameters.Select(tensor => (NameOf(tensor.DataType), tensor.Count))),
        };
    }

    /// <summary>What a graph knows by name; half precision stands in nodes of its own.</summary>
    private static IEnumerable<(string Name, TensorProto Tensor)> Constants(GraphProto graph) =>
        graph.Initializer.Select(tensor => (tensor.Name, tensor)).Concat(
            from node in graph.Node
            where node.OpType == "Constant"
            from attribute in node.Attribute
            where attribute.T is not null
            select (node.Output[0], attribute.T));

    private static ModelFacts OfWeights(string path, ModelFileKind kind)
    {
        using var file = WeightsFile.Open(path);
        var saved = OwnMetadata.Read(file.About);
        var fitted = ImageModels.All.Where(model => saved is null || model.Name == saved.Architecture)
            .Where(model => StateDictLoader.FitsWhole(file, model))
            .Select(model => FittedWeights.Choose(file, model)).FirstOrDefault();
        var parameters = (fitted?.Weights.Values ?? file.Saved)
            .Where(tensor => !NetworkShapes.IsCounter(tensor.Name)
                && !NoParameters.Any(end => tensor.Name.EndsWith(end, StringComparison.Ordinal)))
            .Select(saved => saved.Tensor).ToList();
        return Of(kind, saved, file.About) with
        {
            Architecture = saved?.Architecture ?? fitted?.Network.Architecture.Name,
            Classes = saved?.Labels.Count ?? (fitted is null ? null : StateDictLoader.ClassesOf(fitted)),
            Parameters = parameters.Sum(tensor => (long)tensor.Count),
            Precision = Most(parameters.Select(tensor => (NameOf(tensor.ElementType), (long)tensor.Count))),
        };
    }

    private static ModelFacts Of(ModelFileKind kind, ClassifierMetadata? saved, IReadOnlyDictionary<string, string> about) => new()
    {
        Kind = kind,
        Architecture = saved?.Architecture,
        Labels = saved?.Labels ?? [],
        Classes = saved?.Labels.Count,
        ImageSize = saved?.ImageSize,
        Metadata = about,
        Parameters = 0,
        Precision = "",
    };

    /// <summary>The kind of number that most values are.</summary>
    private static string Most(IEnumerable<(string Type, long Count)> tensors) => tensors.GroupBy(tensor => tensor.Type)
        .Select(group => (group.Key, group.Sum(tensor => tensor.Count)))
        .DefaultIfEmpty(("none", 0)).MaxBy(group => group.Item2).Item1;

    /// <summary>By the numbers of <c>TensorProto.DataType</c> in ONNX's onnx.proto.</summary>
    private static string NameOf(int type) => type switch
    {
        1 => "fp32",
        2 => "uint8",
        3 => "int8",
        7 => "int64",
        10 => "fp16",
        11 => "fp64",
        16 => "bf16",
        _ => $"type {type}",
    };

    private static string NameOf(ElementType type) => type switch
    {
        ElementType.Float32 => "fp32",
        ElementType.Float16 => "fp16",
        ElementType.BFloat16 => "bf16",
        ElementType.Float64 => "fp64",
        _ => type.ToString().ToLowerInvariant(),
    };
}
