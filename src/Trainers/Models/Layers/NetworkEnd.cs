using TorchSharp.Modules;

namespace MLVision.Trainers.Models.Layers;

/// <summary>Tells how a network ends, by its flow.</summary>
internal static class NetworkEnd
{
    /// <summary>
    /// Whether the last layer reads averages over the whole map of features. Then its logits are averages, too: of the logits that it would
    /// give each place of the map.
    /// </summary>
    public static bool IsAverage(Block network) =>
        FlowOrder.Of(network).Where(part => part is not DropoutLayer).TakeLast(3).ToList() is
            [AdaptiveAvgPool2d { output_size: [1, 1] or [1] }, Flatten, Linear];
}
