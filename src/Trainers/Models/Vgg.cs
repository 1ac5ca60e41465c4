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
internal sealed class Vgg : Block
{
    private static readonly ModelFamily Family = new(
        "VGG", 2014, "Simonyan, Zisserman: Very Deep Convolutional Networks for Large-Scale Image Recognition",
        new Uri("https://arxiv.org/abs/1409.1556"),
        "Nothing but 3×3 convolutions: two of them see as much as one 5×5, with fewer weights and one more non-linearity. Stages of " +
        "them, each ended by a pool that halves the image, go 11 to 19 layers deep.",
        "For its features (style transfer, perceptual losses) or to compare; as a classifier it is the largest and slowest here for its " +
        "accuracy. The variants with batch norm train far more easily.");

    /// <summary>Their rows in the table of architectures.</summary>
    public static IReadOnlyList<ImageModel> Table { get; } =
    [
        Row("vgg11", 11, batchNorm: false), Row("vgg11_bn", 11, batchNorm: true),
        Row("vgg13", 13, batchNorm: false), Row("vgg13_bn", 13, batchNorm: true),
        Row("vgg16", 16, batchNorm: false), Row("vgg16_bn", 16, batchNorm: true),
        Row("vgg19", 19, batchNorm: false), Row("vgg19_bn", 19, batchNorm: true),
    ];

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

    public override T Flow<T>(IGraph<T> graph, T x)         // [N, 3, 224, 224]
    {
        x = graph.Apply(features, x);                       // [N, 512, 7, 7]
        x = graph.Apply(flatten, graph.Apply(avgpool, x));  // [N, 25088]
        return graph.Apply(classifier, x);                  // [N, classes], logits
    }

    private static ImageModel Row(string name, int depth, bool batchNorm)
    {
        var row = new ImageModel(name, Family, imageSize: 224, classes: 1000, classes => new Vgg(depth, batchNorm, classes))
        {
            Head = "classifier.6",
            Rename = FromTimm,
        };
        return batchNorm ? row : row.WithoutBatchNorm();
    }

    /// <summary>timm has convolutions in place of the first two fully connected layers.</summary>
    private static string FromTimm(string name) => name
        .Replace("pre_logits.fc1.", "classifier.0.", StringComparison.Ordinal)
        .Replace("pre_logits.fc2.", "classifier.3.", StringComparison.Ordinal);

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
