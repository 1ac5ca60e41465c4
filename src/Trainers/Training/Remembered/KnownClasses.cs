using MLVision.MLNetExtensions.Words;
using Microsoft.Extensions.Logging;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Options;
using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Weights;
using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Training.Remembered;

/// <summary>
/// The classes that a model knows, to which a training adds others: their names, and the features that stand for their images.
/// </summary>
internal sealed class KnownClasses
{
    private readonly string _path;
    private readonly string _weights;
    private readonly ClassMemory _memory;

    private KnownClasses(string path, string weights, ClassMemory memory, ImageTrainingOptions options)
    {
        (_path, _weights, _memory) = (path, weights, memory);
        Rows = memory.Rows.For(options.ValidationFraction, new Random(options.Seed));
    }

    /// <summary>Their names, in the model's order.</summary>
    public IReadOnlyList<string> Labels => _memory.Model.Labels;

    /// <summary>What is remembered of them: what the last layer learns from and what it is checked on, together with new images.</summary>
    public RememberedRows Rows { get; }

    /// <summary>Opens the class memory of the model that a training starts from; null if the training adds no classes.</summary>
    /// <exception cref="WeightMismatchException">
    /// What the training starts from is no model of ours, or the memory is another model's.
    /// </exception>
    /// <exception cref="WeightsFileException">The memory is missing, damaged, or of another kind.</exception>
    public static KnownClasses? Open(ImageTrainingOptions options, StartingPoint start)
    {
        if (!options.AddClasses)
        {
            return null;
        }

        var weights = options.Weights!;
        var labels = start.SavedLabels ?? throw new WeightMismatchException(
            $"The weights '{weights}' do not say which classes they know, and classes are added to a model of yours: give the model.zip " +
            "that training wrote.");
        var path = options.ClassMemoryPath ?? Path.Combine(Path.GetDirectoryName(weights) ?? "", ClassMemory.FileName);
        if (!File.Exists(path))
        {
            throw new WeightsFileException(
                $"There is no class memory '{path}', which stands for the images of the classes that '{weights}' knows: training writes " +
                "it beside its model; name it by ClassMemoryPath, or train on images of all classes.");
        }

        var memory = ClassMemoryFile.Read(path);
        return memory.Model.Labels.SequenceEqual(labels, StringComparer.Ordinal)
            ? new KnownClasses(path, weights, memory, options)
            : throw new WeightMismatchException(
                $"The class memory '{path}' is of the classes {ShortList.Of(memory.Model.Labels)}, and the model '{weights}' knows " +
                $"{ShortList.Of(labels)}: give the {ClassMemory.FileName} that was written with this model.");
    }

    /// <summary>Throws unless the features are the network's, of images that are prepared as the new ones will be.</summary>
    /// <param name="network">The network to train, as it starts.</param>
    /// <param name="start">Where its weights come from.</param>
    /// <param name="preprocessing">How new images are prepared.</param>
    /// <param name="logger">Receives a line about what is remembered, and a warning if that is nothing for some class.</param>
    /// <exception cref="WeightMismatchException">They are not.</exception>
    public void RequireFit(Block network, StartingPoint start, ImagePreprocessing preprocessing, ILogger logger)
    {
        var head = new Backbone(network, start.Architecture.Head).Head;
        _memory.RequireFit(_path, _weights, BackboneDigest.Of(network, start.Architecture), head.weight.shape[1], preprocessing);
        var forgotten = Labels.Where((_, label) => !Rows.Learnt.Classes.Contains(label)).ToList();
        RememberedLog.Known(logger, Counted.Of(Rows.Count, "image"), Labels.Count, ShortList.Of(Labels));
        if (forgotten.Count > 0)
        {
            RememberedLog.Forgotten(logger, ShortList.Of(forgotten));
        }
    }
}
