using System.Runtime.InteropServices;
using System.Text.Json;
using Google.Protobuf;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Weights;
using MLVision.Trainers.Weights.Files;
using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Training.Remembered;

/// <summary>
/// The file of a class memory: a safetensors file of the tensors <c>learnt</c> and <c>held_out</c>, [images, features] each.
/// </summary>
/// <remarks>
/// Its metadata are the model's, and with them <c>backbone</c>, a digest, and <c>learnt_classes</c> and <c>held_out_classes</c>, the class
/// of each row as an index of <c>labels</c>. A tensor without rows is left out.
/// </remarks>
internal static class ClassMemoryFile
{
    private const string LearntName = "learnt";
    private const string HeldOutName = "held_out";
    private const string BackboneName = "backbone";
    private const string ClassesEnding = "_classes";

    /// <summary>Writes the file; an existing one is replaced when the new one is complete.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, ClassMemory memory)
    {
        (string Name, FeatureRows Rows)[] rows = [(LearntName, memory.Rows.Learnt), (HeldOutName, memory.Rows.HeldOut)];
        var tensors = rows.Where(part => part.Rows.Count > 0).Select(part => new TensorProto
        {
            Name = part.Name,
            Dims = { part.Rows.Count, part.Rows.Width },
            DataType = (int)TensorProto.Types.DataType.Float,
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(part.Rows.Values)),
        });
        var about = new Dictionary<string, string>(memory.Model.ToProperties()) { [BackboneName] = memory.Backbone };
        foreach (var (name, part) in rows)
        {
            about[name + ClassesEnding] = JsonSerializer.Serialize(part.Classes);
        }

        AtomicFile.Write(path, stream => SafetensorsWriter.Write(stream, [.. tensors], about));
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="WeightsFileException">It is missing, damaged, or of another kind.</exception>
    public static ClassMemory Read(string path)
    {
        using var file = WeightsFile.Open(path);
        try
        {
            var model = ClassifierMetadata.FromProperties(file.About);
            var rows = new RememberedRows(
                ReadRows(file, LearntName, model.Labels.Count), ReadRows(file, HeldOutName, model.Labels.Count));
            return rows is { Learnt.Count: > 0, HeldOut.Count: > 0 } && rows.Learnt.Width != rows.HeldOut.Width
                ? throw file.Damaged($"its rows have {rows.Learnt.Width} and {rows.HeldOut.Width} features")
                : new ClassMemory(rows, model, file.About[BackboneName]);
        }
        catch (Exception e) when (e is KeyNotFoundException or FormatException or JsonException)
        {
            throw file.Refused($"it is no class memory; training writes one as {ClassMemory.FileName} beside its model");
        }
    }

    private static FeatureRows ReadRows(WeightsFile file, string name, int labels)
    {
        var classes = JsonSerializer.Deserialize<int[]>(file.About[name + ClassesEnding]) ?? [];
        if (classes.Length == 0)
        {
            return FeatureRows.None;
        }

        if (file.Tensors.GetValueOrDefault(name) is not { Shape: [var rows, > 0] } saved || rows != classes.Length
            || classes.Any(label => label < 0 || label >= labels))
        {
            throw file.Damaged("its features do not match their classes");
        }

        var values = new float[saved.Count];
        saved.CopyTo(values);
        WeightValues.Require(file, name, name, values);
        return new FeatureRows(classes, values);
    }
}
