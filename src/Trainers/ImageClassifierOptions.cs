using Microsoft.Extensions.Logging;
using Trainers.Weights;

namespace Trainers;

/// <summary>How an image classifier is trained; every architecture takes these.</summary>
public record ImageClassifierOptions
{
    /// <summary>The label column: a key.</summary>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>The image column: <c>MLImage</c>, or a vector of pixels from <c>ExtractPixels</c>.</summary>
    public string ImageColumnName { get; init; } = "Image";

    /// <summary>Width and height in pixels that the network sees; null takes the weights' own size, or the architecture's. At least 8.</summary>
    public int? ImageSize { get; init; }

    /// <summary>
    /// Pixels that the shorter side is resized to before the central <see cref="ImageSize"/> is cut out; null takes the weights' own
    /// where <see cref="ImageSize"/> is theirs, and otherwise cuts nothing. At least <see cref="ImageSize"/>.
    /// </summary>
    public int? ResizeSize { get; init; }

    /// <summary>
    /// What to start from: a file of weights (safetensors, or a PyTorch state dictionary), the name of published ones
    /// (<see cref="Trainers.Weights.PublishedWeightsCatalog"/>: <c>imagenet1k_v1</c>), or null for random weights.
    /// </summary>
    public string? Weights { get; init; }

    /// <summary>Times that every training image is seen; at least 1.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Images per optimizer step; at least 2, since batch norm needs two.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Largest learning rate, reached after the warm-up; null takes the architecture's own. Above 0.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Nesterov momentum of stochastic gradient descent; 0 to below 1.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Share of every weight that is added to its gradient; 0 or more.</summary>
    public double WeightDecay { get; init; } = 5e-4;

    /// <summary>Epochs, whole or in part, in which the learning rate rises; 0 or more.</summary>
    public double WarmupEpochs { get; init; } = 1;

    /// <summary>Probability mass taken from the true class and spread over all; 0 to below 1.</summary>
    /// <remarks>Source: Szegedy et al. 2016, §7, arXiv:1512.00567.</remarks>
    public double LabelSmoothing { get; init; } = 0.1;

    /// <summary>Whether training images are mirrored at random. Switch it off where left and right mean something.</summary>
    public bool RandomFlip { get; init; } = true;

    /// <summary>Padded crop: share of the image's width by which training images are shifted at most; 0 to below 0.5.</summary>
    /// <remarks>An eighth is the 4 pixels of 32 in He et al. 2016, §4.2.</remarks>
    public double RandomShift { get; init; } = 0.125;

    /// <summary>Share of each class held out of training and checked on after every epoch; 0 to below 1.</summary>
    public double ValidationFraction { get; init; } = 0.1;

    /// <summary>Decides first weights, order of images, augmentation and what is held out.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where to train: <c>auto</c> (CUDA where there is one), <c>cpu</c>, <c>cuda</c> or <c>cuda:0</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>
    /// Megabytes (10⁶ bytes) of decoded pixels kept in memory; the rest goes to a file in the temporary folder. Null takes a quarter
    /// of the memory the process may use; 0 keeps all in the file. 0 or more.
    /// </summary>
    /// <remarks>
    /// An image takes 3 · size² bytes: 0.15 MB at 224 pixels. The file is gone when <c>Fit</c> ends, however it ends; the environment
    /// variable <c>TMPDIR</c> (<c>TMP</c> on Windows) moves it to another disk.
    /// </remarks>
    public int? PixelMemoryMegabytes { get; init; }

    /// <summary>Unreadable images that are skipped and listed; one more ends the training. 0 or more.</summary>
    /// <remarks>
    /// An image above 134,217,728 pixels counts as unreadable, and is not decoded, where a column <c>ImagePath</c> holds its full path;
    /// images from other sources are decoded at any size.
    /// </remarks>
    public int MaxSkippedImages { get; init; } = 100;

    /// <summary>Told of every training step.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Told how far the download of published weights is.</summary>
    public IProgress<DownloadProgress>? DownloadProgress { get; init; }

    /// <summary>Told of the device, of every epoch and of images skipped, beside <c>MLContext.Log</c>.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>Stops <c>Fit</c> within one step, with an <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Throws unless every value is in its range.</summary>
    /// <exception cref="ArgumentException">A column name is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(LabelColumnName);
        ArgumentException.ThrowIfNullOrWhiteSpace(ImageColumnName);
        Check(ImageSize is null or >= 8, nameof(ImageSize), ImageSize, "at least 8 pixels");
        Check(ResizeSize is null || ResizeSize >= (ImageSize ?? 8), nameof(ResizeSize), ResizeSize, "at least ImageSize");
        Check(Weights is null || !string.IsNullOrWhiteSpace(Weights), nameof(Weights), Weights, "a file or a name");
        Check(Epochs >= 1, nameof(Epochs), Epochs, "at least 1");
        Check(BatchSize >= 2, nameof(BatchSize), BatchSize, "at least 2");
        Check(LearningRate is null || (LearningRate > 0 && double.IsFinite(LearningRate.Value)), nameof(LearningRate), LearningRate, "above 0");
        Check(Momentum is >= 0 and < 1, nameof(Momentum), Momentum, "from 0 to below 1");
        Check(WeightDecay >= 0 && double.IsFinite(WeightDecay), nameof(WeightDecay), WeightDecay, "0 or more");
        Check(WarmupEpochs >= 0 && double.IsFinite(WarmupEpochs), nameof(WarmupEpochs), WarmupEpochs, "0 or more");
        Check(LabelSmoothing is >= 0 and < 1, nameof(LabelSmoothing), LabelSmoothing, "from 0 to below 1");
        Check(RandomShift is >= 0 and < 0.5, nameof(RandomShift), RandomShift, "from 0 to below 0.5");
        Check(ValidationFraction is >= 0 and < 1, nameof(ValidationFraction), ValidationFraction, "from 0 to below 1");
        Check(PixelMemoryMegabytes is null or >= 0, nameof(PixelMemoryMegabytes), PixelMemoryMegabytes, "0 or more");
        Check(MaxSkippedImages >= 0, nameof(MaxSkippedImages), MaxSkippedImages, "0 or more");
    }

    private static void Check(bool valid, string name, object? value, string expected)
    {
        if (!valid)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {expected}.");
        }
    }
}
