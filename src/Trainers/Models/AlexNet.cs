using MLVision.Trainers.Models.Layers;
using TorchSharp.Modules;
using static MLVision.Trainers.Models.Layers.MetaLayers;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models;

/// <summary>Five convolutions and three fully connected layers: the network that began the field.</summary>
/// <remarks>
/// Input: [N, 3, 224, 224], normalised with ImageNet's mean and standard deviation, at least 63 pixels wide; output: [N, classes], logits.
/// Source: Krizhevsky 2014, "One weird trick", arXiv:1404.5997, the one-tower form of Krizhevsky et al. 2012. Keys are torchvision's.
/// Differs from the paper: adaptive pooling to 6×6 admits other image sizes, as in torchvision.
/// </remarks>
internal sealed class AlexNet : Block
{
    private static readonly ModelFamily Family = new(
        "AlexNet", 2012, "Krizhevsky, Sutskever, Hinton: ImageNet Classification with Deep Convolutional Neural Networks",
        new Uri("https://papers.nips.cc/paper/4824-imagenet-classification-with-deep-convolutional-neural-networks"),
        "Five convolutions and three wide, fully connected layers, with ReLU instead of saturating activations. Dropout keeps the wide " +
        "layers from learning the training images by heart.",
        "To compare with the literature. It is fast for its size, but nine tenths of its large file are fully connected layers, and " +
        "efficientnet_b0 is far more accurate at half the multiply-adds.");

    /// <summary>Its row in the table of architectures.</summary>
    public static IReadOnlyList<ImageModel> Table { get; } =
    [
        new ImageModel("alexnet", Family, imageSize: 224, classes: 1000, classes => new AlexNet(classes))
        {
            Head = "classifier.6",
        }.WithoutBatchNorm(),
    ];

    private readonly Sequential features = Sequential(
        BiasedConvolution(3, 64, 11, stride: 4, padding: 2), ReLU(), MaxPool2d(3, stride: 2),
        BiasedConvolution(64, 192, 5, padding: 2), ReLU(), MaxPool2d(3, stride: 2),
        BiasedConvolution(192, 384, 3, padding: 1), ReLU(),
        BiasedConvolution(384, 256, 3, padding: 1), ReLU(),
        BiasedConvolution(256, 256, 3, padding: 1), ReLU(), MaxPool2d(3, stride: 2));

    private readonly AdaptiveAvgPool2d avgpool = AdaptiveAvgPool2d(6);
    private readonly Flatten flatten = Flatten();
    private readonly Sequential classifier;

    public AlexNet(int classes)
        : base(nameof(AlexNet))
    {
        classifier = Sequential(
            new RandomDropout(0.5), FullyConnected(256 * 6 * 6, 4096), ReLU(),
            new RandomDropout(0.5), FullyConnected(4096, 4096), ReLU(),
            FullyConnected(4096, classes));
        RegisterComponents();
    }

    public override T Flow<T>(IGraph<T> graph, T x)         // [N, 3, 224, 224]
    {
        x = graph.Apply(features, x);                       // [N, 256, 6, 6]
        x = graph.Apply(flatten, graph.Apply(avgpool, x));  // [N, 9216]
        return graph.Apply(classifier, x);                  // [N, classes], logits
    }
}
