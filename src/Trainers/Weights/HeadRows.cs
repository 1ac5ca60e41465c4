using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Weights.Files.Tensors;
using static TorchSharp.torch;

namespace MLVision.Trainers.Weights;

/// <summary>Copies the rows of a last layer, one per class, by class name.</summary>
/// <param name="known">The classes of the weights, in order.</param>
/// <param name="wanted">The classes of the network, in order.</param>
internal sealed class HeadRows(IReadOnlyList<string> known, IReadOnlyList<string> wanted)
{
    private readonly LabelIndex _places = new(known);

    /// <summary>Whether the network has the weights' classes in the weights' order, so that the rows fit as they are.</summary>
    public bool AreSame => known.SequenceEqual(wanted);

    /// <summary>Whether the weights know all of the classes.</summary>
    public bool AreAllKept => wanted.All(IsKnown);

    /// <summary>Throws unless the weights know at least one of the classes.</summary>
    /// <param name="path">The weights' file.</param>
    /// <exception cref="WeightMismatchException">They know none.</exception>
    public void RequireCommonClass(string path)
    {
        if (!wanted.Any(IsKnown))
        {
            throw new WeightMismatchException(
                $"The model '{path}' knows the classes {ShortList.Of(known)}, and the images are of {ShortList.Of(wanted)}, none of " +
                "them: name the classes alike, or set ReplaceHead for a new last layer.");
        }
    }

    /// <summary>Copies the rows of classes that the weights know, and logs which these are; the other rows are not changed.</summary>
    /// <param name="network">A network of the wanted classes, on the CPU.</param>
    /// <param name="fitted">The weights; their last layer may differ in its rows only.</param>
    /// <param name="logger">Receives a line about the rows.</param>
    /// <exception cref="WeightsFileException">Some values are NaN or infinite.</exception>
    public void Keep(Block network, FittedWeights fitted, ILogger logger)
    {
        using var untracked = no_grad();
        var head = fitted.Network.Architecture.Head;
        foreach (var (key, weight) in network.state_dict().Where(entry => NetworkShapes.LayerOf(entry.Key) == head))
        {
            var saved = fitted.Weights[key];
            var values = new float[saved.Tensor.Count];
            saved.Tensor.CopyTo(values);
            WeightValues.Require(fitted.Checkpoint, saved.Name, key, values);
            var target = MemoryMarshal.Cast<byte, float>(weight.bytes);
            var width = values.Length / known.Count;
            for (var row = 0; row < wanted.Count; row++)
            {
                if (_places.Find(wanted[row]) is { } place)
                {
                    values.AsSpan(place * width, width).CopyTo(target.Slice(row * width, width));
                }
            }
        }

        var kept = wanted.ToLookup(IsKnown);
        var gone = known.Except(kept[true].Select(label => known[_places.Find(label)!.Value]));
        WeightsLog.HeadRows(logger, ShortList.Of(known), List(kept[true]), List(kept[false]), List(gone));
    }

    /// <summary>Logs that the last layer goes on as it is.</summary>
    public void LogSame(ILogger logger) => WeightsLog.SameHead(logger, ShortList.Of(known));

    private bool IsKnown(string label) => _places.Find(label) is not null;

    private static string List(IEnumerable<string> names) => names.ToList() is { Count: > 0 } some ? ShortList.Of(some) : "none";
}
