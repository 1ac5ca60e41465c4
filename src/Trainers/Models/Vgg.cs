using MLVision.Trainers.Models.Layers;
using TorchSharp.Modules;
using static MLVision.Trainers.Models.Layers.MetaLayers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models;

/// <summary>Stages of 3×3 convolutions, each ended by a max pool, and three fully connected layers: VGG-11, 13, 16 and 19.</summary>
/// <remarks>
/// Input: [N, 3, 224, 224], normalised with ImageNet's mean and standard deviation, at least 32 pixels wide; output: [N, classes], logits.
/// Source: Simonyan and Zisserman 2015, table 1, columns A, B, D and E, arXiv:1409.1556. Keys are torchvision's.
/// Differs from the paper: batch norm on request, and adaptive pooling to 7×7 admits other image sizes, as in torchvision.
/// </remarks>
public sealed class Vgg : Block
{
    private static readonly int[] StageChannels = [64, 128, 256, 512, 512];

    private readonly Sequential features;
    private readonly AdaptiveAvgPool2d avgpool = AdaptiveAvgPool2d(7);
    private readonly Flatten flatten = Flatten();
    private readonly Sequential classifier;

    /// <summary>Builds the network.</summary>
    /// <param name="depth">Layers with weights: 11, 13, 16 or 19.</param>
    /// <param name="batchNorm">Whether batch norm follows every convolution.</param>
    /// <param name="classes">Number of classes.</param>
    /// <exception cref="ArgumentOutOfRangeException">depth is none of the paper's.</exception>
    public Vgg(int depth, bool batchNorm, int classes)
        : base(nameof(Vgg))
    {
        features = Sequential(Features(ConvolutionsPerStage(depth), batchNorm));
        classifier = Sequential(
            FullyConnected(512 * 7 * 7, 4096), ReLU(), new RandomDropout(0.5),
            FullyConnected(4096, 4096), ReLU(), new RandomDropout(0.5),
            FullyConnected(4096, classes));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override T Flow<T>(IGraph<T> graph, T x)         // [N, 3, 224, 224]
    {
        x = graph.Apply(features, x);                       // [N, 512, 7, 7]
        x = graph.Apply(flatten, graph.Apply(avgpool, x));  // [N, 25088]
        return graph.Apply(classifier, x);                  // [N, classes], logits
    }

    private static int[] ConvolutionsPerStage(int depth) => depth switch
    {
        11 => [1, 1, 2, 2, 2],
        13 => [2, 2, 2, 2, 2],
        16 => [2, 2, 3, 3, 3],
        19 => [2, 2, 4, 4, 4],
        _ => throw new ArgumentOutOfRangeException(nameof(depth), depth, "The depth of a VGG is 11, 13, 16 or 19."),
    };

    private static IEnumerable<Module<Tensor, Tensor>> Features(int[] convolutions, bool batchNorm)
    {
        var input = 3;
        foreach (var (count, channels) in convolutions.Zip(StageChannels))
        {
            for (var i = 0; i < count; i++)
            {
                yield return BiasedConvolution(input, channels, 3, padding: 1);
                if (batchNorm)
                {
                    yield return BatchNorm(channels);
                }

                yield return ReLU();
                input = channels;
            }

            yield return MaxPool2d(2, stride: 2);
        }
    }
}
