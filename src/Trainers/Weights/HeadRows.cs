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
    /// <summary>Whether the weights know all of the classes.</summary>
    public bool AreAllKept => wanted.All(known.Contains);

    /// <summary>Copies the rows of classes that the weights know, and logs which these are; the other rows are not changed.</summary>
    /// <param name="network">A network of the wanted classes, on the CPU.</param>
    /// <param name="fitted">The weights; their last layer may differ in its rows only.</param>
    /// <param name="logger">Receives a line about the rows.</param>
    /// <exception cref="WeightsFileException">Some values are NaN or infinite.</exception>
    public void Keep(Block network, FittedWeights fitted, ILogger logger)
    {
        using var untracked = no_grad();
        var places = new LabelIndex(known);
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
                if (places.Find(wanted[row]) is { } place)
                {
                    values.AsSpan(place * width, width).CopyTo(target.Slice(row * width, width));
                }
            }
        }

        var kept = wanted.ToLookup(label => places.Find(label) is not null);
        WeightsLog.HeadRows(logger, ShortList.Of(known), List(kept[true]), List(kept[false]));
    }

    private static string List(IEnumerable<string> names) => names.ToList() is { Count: > 0 } some ? ShortList.Of(some) : "none";
}
