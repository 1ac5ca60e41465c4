using System.IO.Hashing;
using System.Text;
using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Weights;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Remembered;

/// <summary>Tells backbones apart: features of one mean nothing to another.</summary>
internal static class BackboneDigest
{
    /// <summary>A digest, in hexadecimal digits, of the values of all weights that scoring needs, without the last layer's.</summary>
    /// <remarks>
    /// It survives a model file that holds the weights as they were trained, and no rounding: a model with halved weights or with folded
    /// batch norm computes slightly other features.
    /// </remarks>
    public static string Of(Block network, ImageModel architecture)
    {
        using var untracked = no_grad();
        var hash = new XxHash128();
        var weights = network.state_dict()
            .Where(entry => !NetworkShapes.IsCounter(entry.Key) && NetworkShapes.LayerOf(entry.Key) != architecture.Head)
            .Where(entry => !architecture.IsTrainingOnly(entry.Key))
            .OrderBy(entry => entry.Key, StringComparer.Ordinal);
        foreach (var (key, weight) in weights)
        {
            using var scope = NewDisposeScope();
            hash.Append(Encoding.UTF8.GetBytes(key));
            hash.Append(weight.detach().cpu().contiguous().bytes);
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
