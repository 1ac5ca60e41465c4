namespace MLVision.Trainers.Models;

/// <summary>The papers that the table's architectures come from.</summary>
internal static class ModelFamilies
{
    public static readonly ModelFamily AlexNet = new(
        "AlexNet", 2012, "Krizhevsky, Sutskever, Hinton: ImageNet Classification with Deep Convolutional Neural Networks",
        new Uri("https://papers.nips.cc/paper/4824-imagenet-classification-with-deep-convolutional-neural-networks"),
        "Five convolutions and three wide, fully connected layers, with ReLU instead of saturating activations. Dropout keeps the wide " +
        "layers from learning the training images by heart.",
        "To compare with the literature. It is fast for its size, but nine tenths of its large file are fully connected layers, and " +
        "efficientnet_b0 is far more accurate at half the multiply-adds.");

    public static readonly ModelFamily Vgg = new(
        "VGG", 2014, "Simonyan, Zisserman: Very Deep Convolutional Networks for Large-Scale Image Recognition",
        new Uri("https://arxiv.org/abs/1409.1556"),
        "Nothing but 3×3 convolutions: two of them see as much as one 5×5, with fewer weights and one more non-linearity. Stages of " +
        "them, each ended by a pool that halves the image, go 11 to 19 layers deep.",
        "For its features (style transfer, perceptual losses) or to compare; as a classifier it is the largest and slowest here for its " +
        "accuracy. The variants with batch norm train far more easily.");

    public static readonly ModelFamily GoogLeNet = new(
        "GoogLeNet", 2014, "Szegedy et al.: Going Deeper with Convolutions",
        new Uri("https://arxiv.org/abs/1409.4842"),
        "Each module looks through windows of several sizes at once, after 1×1 convolutions have narrowed the channels, and joins what " +
        "they see. Global average pooling replaces the wide layers, and two auxiliary classifiers carry gradients to the early modules " +
        "while it trains.",
        "For a small file with fair accuracy. The variants are for study: what the 5×5 window (`_5x5`), leaving out the 1×1 reductions " +
        "(`_naive`) and squeeze-and-excitation (`se`) change.");

    public static readonly ModelFamily ResNet = new(
        "ResNet", 2015, "He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition",
        new Uri("https://arxiv.org/abs/1512.03385"),
        "A block learns what to add to its input, not a new output, because the input is carried past it. Gradients reach the first " +
        "layers unhindered, so that more than a hundred layers train well.",
        "The first choice: resnet18 for small sets and quick experiments, resnet50 for photographs, resnet20 to resnet110 for images of " +
        "about 32 pixels. In the latter, `_projection` has 1×1 convolutions as shortcuts in place of zero padding.");

    public static readonly ModelFamily ResNeXt = new(
        "ResNeXt", 2016, "Xie, Girshick, Dollár, Tu, He: Aggregated Residual Transformations for Deep Neural Networks",
        new Uri("https://arxiv.org/abs/1611.05431"),
        "A bottleneck's 3×3 convolution is split into 32 or 64 groups that do not see each other's channels. More groups of the same " +
        "total cost raise accuracy more than more depth or width does.",
        "When resnet50 is not accurate enough; resnext50_32x4d has no more weights and costs little more.");

    public static readonly ModelFamily WideResNet = new(
        "Wide ResNet", 2016, "Zagoruyko, Komodakis: Wide Residual Networks",
        new Uri("https://arxiv.org/abs/1605.07146"),
        "Residual blocks of twice the width instead of many more of them. Wide layers keep parallel hardware busier than deep stacks of " +
        "narrow ones.",
        "On a GPU with memory to spare; on a CPU wide_resnet50_2 costs nearly three times as much as resnet50.");

    public static readonly ModelFamily SENet = new(
        "SENet", 2017, "Hu, Shen, Albanie, Sun, Wu: Squeeze-and-Excitation Networks",
        new Uri("https://arxiv.org/abs/1709.01507"),
        "Each block ends with a small gate that looks at the averages of all channels and rescales every one of them. It adds a tenth " +
        "to the weights, next to nothing to the multiply-adds, and a point to the accuracy.",
        "seresnet50 where resnet50 would do and a slightly larger file is no matter; senet154 where accuracy decides and time does not. " +
        "The small ones (seresnet20 to seresnet110) are for images of about 32 pixels.");

    public static readonly ModelFamily EfficientNet = new(
        "EfficientNet", 2019, "Tan, Le: EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
        new Uri("https://arxiv.org/abs/1905.11946"),
        "Inverted bottlenecks with depthwise convolutions and squeeze-and-excitation, found by a search for accuracy per multiply-add. " +
        "Depth, width and image size then grow together by one factor, from B0 to B7.",
        "For the best accuracy of a small file: efficientnet_b0 is a fifth of resnet50's size and a tenth of its multiply-adds. Larger " +
        "ones want larger images, and random weights want many images to learn from.");
}
