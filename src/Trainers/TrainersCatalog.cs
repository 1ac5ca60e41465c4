using MLNetExtensions;
using Trainers;
using Trainers.Models;

namespace Microsoft.ML;

/// <summary>Adds image classifiers to <c>MulticlassClassification.Trainers</c> and <c>Transforms</c>.</summary>
public static class TrainersCatalog
{
    /// <summary>Trains a ResNet with default options: ResNet-50.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="labelColumnName">The label column: a key.</param>
    /// <param name="imageColumnName">The image column: <c>MLImage</c>, or a vector of pixels from <c>ExtractPixels</c>.</param>
    public static ImageClassificationEstimator ResNet(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label",
        string imageColumnName = "Image") =>
        catalog.ResNet(new ResNetOptions { LabelColumnName = labelColumnName, ImageColumnName = imageColumnName });

    /// <summary>Trains a ResNet.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">Depth, columns, and how to train.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="UnknownArchitectureException">There is no ResNet of that depth.</exception>
    public static ImageClassificationEstimator ResNet(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, ResNetOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new ImageClassificationEstimator(MLEnvironment.Of(catalog), options.Architecture, options);
    }

    /// <summary>Trains any architecture of the table, by name.</summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="architecture">A name in <see cref="ImageModels"/>, for example <c>resnet18</c>.</param>
    /// <param name="options">Columns and how to train; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="UnknownArchitectureException">The table holds no such name.</exception>
    public static ImageClassificationEstimator ImageClassifier(
        this TransformsCatalog catalog, string architecture, ImageClassifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new ImageClassificationEstimator(MLEnvironment.Of(catalog), architecture, options ?? new ImageClassifierOptions());
    }
}
