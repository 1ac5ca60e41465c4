using System.Text.Json;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Options;
using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Training.Remembered;
using MLVision.Trainers.Training.Results;
using MLVision.Trainers.Training.Trust;
using MLVision.Trainers.Weights;

namespace MLVision.Trainers.Onnx;

/// <summary>
/// What an exported model compares images with: what its weights' own model compares them with, or the class memory beside that model.
/// </summary>
internal static class ExportedFamiliarity
{
    /// <summary>The reference for a network that is exported as its own model has it.</summary>
    /// <exception cref="OptionOutOfRangeException">
    /// The weights are no own model, or nothing is known of the images that it was trained on.
    /// </exception>
    /// <exception cref="WeightMismatchException">The class memory beside the model is another model's.</exception>
    public static FamiliarityReference Of(
        StartingPoint start, Block network, IReadOnlyList<string> labels, ImagePreprocessing preprocessing)
    {
        if (start.OwnModel is not { } path || !start.IsOwnModelOf(labels, preprocessing))
        {
            throw Refused("the weights are not those of an own model with these classes and images prepared so");
        }

        return OfModel(path) ?? OfMemory(path, start, network, preprocessing)
            ?? throw Refused($"neither '{path}' nor a {ClassMemory.FileName} beside it knows such images");
    }

    private static FamiliarityReference? OfModel(string path) =>
        FamiliarityConstants.Read(ClassifierModel.Read(ModelContent.OfFile(path).Parse(), $"'{path}'").Model);

    private static FamiliarityReference? OfMemory(string path, StartingPoint start, Block network, ImagePreprocessing preprocessing)
    {
        var file = Path.Combine(Path.GetDirectoryName(path) ?? "", ClassMemory.FileName);
        if (!File.Exists(file) || ClassMemoryFile.Read(file) is not { Rows: { Learnt.Count: > 0 } rows } memory)
        {
            return null;
        }

        var head = new Backbone(network, start.Architecture.Head).Head;
        memory.RequireFit(file, path, BackboneDigest.Of(network, start.Architecture), head.in_features, preprocessing);
        var isFrozen = IsOfHead(memory.Model.Training);
        return rows.HeldOut.Count > 0 || isFrozen ? FamiliarityFit.Find(rows.Learnt, rows.HeldOut, head, isFrozen) : null;
    }

    /// <summary>Whether a training's summary says that the last layer alone was trained.</summary>
    private static bool IsOfHead(string training)
    {
        using var summary = JsonDocument.Parse(training);
        return summary.RootElement.TryGetProperty("phase", out var phase)
            && Enum.TryParse<TrainingPhase>(phase.GetString(), ignoreCase: true, out var known) && known == TrainingPhase.Head;
    }

    private static OptionOutOfRangeException Refused(string why) => new(
        nameof(OnnxExportOptions.Outputs), ModelOutputs.Familiarity,
        $"Familiarity compares an image with images that the model knows, and {why}: ask for it in training " +
        $"({nameof(ImageTrainingOptions)}.{nameof(ImageTrainingOptions.Outputs)}, --outputs).");
}
