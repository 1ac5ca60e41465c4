using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Models;
using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights.Onnx;

/// <summary>Reads the weights of a model that this program wrote, an <c>.onnx</c> or the one in a <c>model.zip</c>.</summary>
internal static class OwnModelReader
{
    // What the exporter calls itself in its files.
    private const string OwnName = "mlvision";
    private const string Expected =
        "only models that mlvision wrote are a start for training, and for resnet18_mlnet ML.NET's ResNet18.onnx, unchanged";

    /// <summary>Reads an ONNX file.</summary>
    /// <exception cref="WeightsFileException">The file is damaged, of another program, or of rounded weights.</exception>
    public static CheckpointContent ReadOnnx(MappedFile file) => Read(file, OnnxFile.Parse(file));

    /// <summary>Reads a zip of ML.NET.</summary>
    /// <exception cref="WeightsFileException">The same, or there is not exactly one ONNX model in it.</exception>
    public static CheckpointContent ReadZip(MappedFile file)
    {
        try
        {
            using var stream = file.OpenRead();
            using var archive = new ModelArchive(stream);
            return archive.Onnx is [var step]
                ? Read(file, OnnxFile.Parse(file, archive.ReadOnnx(step)))
                : throw file.Refused(
                    $"it is a model of ML.NET with {(archive.Onnx.Count == 0 ? "no ONNX model" : "several ONNX models")} in it; " +
                    Expected);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw file.Damaged($"its zip archive is not whole ({e.Message.TrimEnd('.')})", e);
        }
    }

    private static CheckpointContent Read(MappedFile file, ModelProto model)
    {
        var about = model.MetadataProps.DistinctBy(p => p.Key).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
        var name = ArchitectureOf(file, model, about);
        var architecture = ImageModels.All.FirstOrDefault(known => known.Name == name)
            ?? throw file.Refused($"it is a model of the architecture {MappedFile.Quote(name)}, which this version does not know");
        if (model.Graph?.Node.Any(node => node.OpType.Contains("quantize", StringComparison.OrdinalIgnoreCase)) == true)
        {
            throw file.Refused("it is an int8 model, and rounded weights are no start for training; give the float model it was made of");
        }

        var weights = GraphPairing.Find(file, model, architecture);
        return new CheckpointContent(
            [.. weights.Select(weight => new SavedTensor(weight.Name, NameStart: 0, StoredTensor.Of(file, weight.Shape, weight.Values)))],
            [], about)
        {
            IsModel = true,
        };
    }

    private static string ArchitectureOf(MappedFile file, ModelProto model, Dictionary<string, string> about)
    {
        try
        {
            return ClassifierModel.ReadMetadata(about, file.Path).Architecture;
        }
        catch (ModelFileException)
        {
            var producer = model.ProducerName.Length > 0 ? MappedFile.Quote(model.ProducerName) : "another program";
            var fault = model.ProducerName == OwnName ? " whose metadata is missing or damaged" : "";
            throw file.Refused($"it is an ONNX model of {producer}{fault}; {Expected}");
        }
    }
}
