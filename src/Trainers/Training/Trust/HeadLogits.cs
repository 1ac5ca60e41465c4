using MLVision.Trainers.Training.Remembered;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Trust;

/// <summary>Runs a last layer on features that are at hand.</summary>
internal static class HeadLogits
{
    /// <summary>A row of logits for each row of features.</summary>
    public static FeatureRows Of(Linear head, FeatureRows features)
    {
        if (features.Count == 0)
        {
            return FeatureRows.None;
        }

        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var inputs = tensor(features.Values).view(features.Count, features.Width).to(head.weight!.device);
        var logits = head.call(inputs).to(ScalarType.Float32).cpu();
        return features with { Values = logits.data<float>().ToArray() };
    }
}
