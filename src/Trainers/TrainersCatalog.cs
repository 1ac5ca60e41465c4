using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Contexts;
using MLVision.Trainers;
using MLVision.Trainers.Models;
using MLVision.Trainers.Options;
using Catalog = Microsoft.ML.MulticlassClassificationCatalog.MulticlassClassificationTrainers;

namespace Microsoft.ML;

/// <summary>Adds image classifiers to <c>MulticlassClassification.Trainers</c> and <c>Transforms</c>.</summary>
public static class TrainersCatalog
{
    /// <summary>Trains an AlexNet with default options: AlexNet.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="labelColumnName">The label column: a key.</param>
    /// <param name="imageColumnName">The image column: <c>MLImage</c>, or a vector of pixels from <c>ExtractPixels</c>.</param>
    public static ImageClassificationEstimator AlexNet(
        this Catalog catalog, string labelColumnName = "Label", string imageColumnName = "Image") =>
        catalog.AlexNet(new AlexNetOptions { LabelColumnName = labelColumnName, ImageColumnName = imageColumnName });

    /// <summary>Trains an AlexNet.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">Columns, and how to train.</param>
    /// <exception cref="OptionOutOfRangeException">An option is out of range.</exception>
    /// <example>
    /// <code>var trainer = mlContext.MulticlassClassification.Trainers.AlexNet(new AlexNetOptions { Epochs = 60 });</code>
    /// </example>
    public static ImageClassificationEstimator AlexNet(this Catalog catalog, AlexNetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Create(catalog, options.Architecture, options);
    }

    /// <summary>Trains a VGG with default options: VGG-16 with batch norm.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="labelColumnName">The label column: a key.</param>
    /// <param name="imageColumnName">The image column: <c>MLImage</c>, or a vector of pixels from <c>ExtractPixels</c>.</param>
    public static ImageClassificationEstimator Vgg(
        this Catalog catalog, string labelColumnName = "Label", string imageColumnName = "Image") =>
        catalog.Vgg(new VggOptions { LabelColumnName = labelColumnName, ImageColumnName = imageColumnName });

    /// <summary>Trains a VGG.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">Depth, batch norm, columns, and how to train.</param>
    /// <exception cref="OptionOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="UnknownArchitectureException">There is no VGG of that depth.</exception>
    /// <example>
    /// <code>var trainer = mlContext.MulticlassClassification.Trainers.Vgg(new VggOptions { Depth = 11, BatchNorm = true });</code>
    /// </example>
    public static ImageClassificationEstimator Vgg(this Catalog catalog, VggOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Create(catalog, options.Architecture, options);
    }

    /// <summary>Trains a GoogLeNet with default options: torchvision's form.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="labelColumnName">The label column: a key.</param>
    /// <param name="imageColumnName">The image column: <c>MLImage</c>, or a vector of pixels from <c>ExtractPixels</c>.</param>
    public static ImageClassificationEstimator GoogLeNet(
        this Catalog catalog, string labelColumnName = "Label", string imageColumnName = "Image") =>
        catalog.GoogLeNet(new GoogLeNetOptions { LabelColumnName = labelColumnName, ImageColumnName = imageColumnName });

    /// <summary>Trains a GoogLeNet.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">Form of the inception modules, columns, and how to train.</param>
    /// <exception cref="OptionOutOfRangeException">An option is out of range.</exception>
    /// <example>
    /// <code>var trainer = mlContext.MulticlassClassification.Trainers.GoogLeNet(new GoogLeNetOptions { Epochs = 60 });</code>
    /// </example>
    public static ImageClassificationEstimator GoogLeNet(this Catalog catalog, GoogLeNetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Create(catalog, options.Architecture, options);
    }

    /// <summary>Trains a ResNet, ResNeXt or Wide ResNet with default options: ResNet-50.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="labelColumnName">The label column: a key.</param>
    /// <param name="imageColumnName">The image column: <c>MLImage</c>, or a vector of pixels from <c>ExtractPixels</c>.</param>
    public static ImageClassificationEstimator ResNet(
        this Catalog catalog, string labelColumnName = "Label", string imageColumnName = "Image") =>
        catalog.ResNet(new ResNetOptions { LabelColumnName = labelColumnName, ImageColumnName = imageColumnName });

    /// <summary>Trains a ResNet, ResNeXt or Wide ResNet.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">Depth, kind, columns, and how to train.</param>
    /// <exception cref="OptionOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="UnknownArchitectureException">There is no ResNet of that depth and kind.</exception>
    /// <example>
    /// <code>
    /// var options = new ResNetOptions { Depth = 50, Weights = "imagenet1k_v2" };
    /// var trainer = mlContext.MulticlassClassification.Trainers.ResNet(options);
    /// </code>
    /// </example>
    public static ImageClassificationEstimator ResNet(this Catalog catalog, ResNetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Create(catalog, options.Architecture, options);
    }

    /// <summary>Trains a network with squeeze-and-excitation with default options: SE-ResNet-50.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="labelColumnName">The label column: a key.</param>
    /// <param name="imageColumnName">The image column: <c>MLImage</c>, or a vector of pixels from <c>ExtractPixels</c>.</param>
    public static ImageClassificationEstimator SENet(
        this Catalog catalog, string labelColumnName = "Label", string imageColumnName = "Image") =>
        catalog.SENet(new SENetOptions { LabelColumnName = labelColumnName, ImageColumnName = imageColumnName });

    /// <summary>Trains a network with squeeze-and-excitation.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">Depth, kind, columns, and how to train.</param>
    /// <exception cref="OptionOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="UnknownArchitectureException">There is no SENet of that depth and kind.</exception>
    /// <example>
    /// <code>
    /// var trainer = mlContext.MulticlassClassification.Trainers.SENet(new SENetOptions { Preset = TrainingPreset.Best });
    /// </code>
    /// </example>
    public static ImageClassificationEstimator SENet(this Catalog catalog, SENetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Create(catalog, options.Architecture, options);
    }

    /// <summary>Trains an EfficientNet with default options: EfficientNet-B0.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="labelColumnName">The label column: a key.</param>
    /// <param name="imageColumnName">The image column: <c>MLImage</c>, or a vector of pixels from <c>ExtractPixels</c>.</param>
    public static ImageClassificationEstimator EfficientNet(
        this Catalog catalog, string labelColumnName = "Label", string imageColumnName = "Image") =>
        catalog.EfficientNet(new EfficientNetOptions { LabelColumnName = labelColumnName, ImageColumnName = imageColumnName });

    /// <summary>Trains an EfficientNet.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">Scale, columns, and how to train.</param>
    /// <exception cref="OptionOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="UnknownArchitectureException">There is no EfficientNet of that scale.</exception>
    /// <example>
    /// <code>
    /// var options = new EfficientNetOptions { Weights = "imagenet1k_v1" };
    /// var trainer = mlContext.MulticlassClassification.Trainers.EfficientNet(options);
    /// </code>
    /// </example>
    public static ImageClassificationEstimator EfficientNet(this Catalog catalog, EfficientNetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Create(catalog, options.Architecture, options);
    }

    /// <summary>Trains from weights that know photographs: <c>resnet18_mlnet</c> from <c>imagenet_mlnet</c>, in two phases.</summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <example>
    /// <code>
    /// var images = mlContext.Data.LoadImageFolder("flowers");
    /// var pipeline = mlContext.Transforms.Conversion.MapValueToKey("Label")
    ///     .Append(mlContext.Transforms.LoadImages("Image", imageFolder: "", "ImagePath"))
    ///     .Append(mlContext.Transforms.ImageClassifier())
    ///     .Append(mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
    /// mlContext.Model.Save(pipeline.Fit(images), images.Schema, "model.zip");
    /// </code>
    /// </example>
    public static ImageClassificationEstimator ImageClassifier(this TransformsCatalog catalog) =>
        catalog.ImageClassifier(new ImageTrainingOptions());

    /// <summary>
    /// Trains from weights that know photographs: without <see cref="ImageTrainingOptions.Weights"/> the architecture
    /// <c>resnet18_mlnet</c> from its weights <c>imagenet_mlnet</c>, in two phases.
    /// </summary>
    /// <remarks>
    /// With weights, the architecture is that of the weights; with the weights <c>none</c> it is <c>resnet18_mlnet</c> from random ones.
    /// The file of <c>imagenet_mlnet</c> comes with the NuGet package <c>Microsoft.ML.DnnImageFeaturizer.ResNet18</c>.
    /// </remarks>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="options">
    /// Columns and how to train. Those of a family, such as <see cref="ResNetOptions"/>, say the architecture.
    /// </param>
    /// <exception cref="OptionOutOfRangeException">An option is out of range.</exception>
    /// <example>
    /// <code>var trainer = mlContext.Transforms.ImageClassifier(new ImageTrainingOptions { FineTuning = FineTuning.HeadOnly });</code>
    /// </example>
    public static ImageClassificationEstimator ImageClassifier(this TransformsCatalog catalog, ImageTrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new ImageClassificationEstimator(MLEnvironment.Of(catalog), architecture: null, options);
    }

    /// <summary>Trains any architecture of the table, by name.</summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="architecture">A name in <see cref="ImageModels"/>, for example <c>resnet18</c>.</param>
    /// <param name="options">Columns and how to train; null for the defaults.</param>
    /// <exception cref="OptionOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="ArgumentException">The options are those of another architecture.</exception>
    /// <exception cref="UnknownArchitectureException">The table holds no such name.</exception>
    /// <example>
    /// <code>
    /// var options = new ImageTrainingOptions { Preset = TrainingPreset.Quick };
    /// var trainer = mlContext.Transforms.ImageClassifier("resnet18", options);
    /// </code>
    /// </example>
    public static ImageClassificationEstimator ImageClassifier(
        this TransformsCatalog catalog, string architecture, ImageTrainingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(architecture);
        return new ImageClassificationEstimator(MLEnvironment.Of(catalog), architecture, options ?? new ImageTrainingOptions());
    }

    private static ImageClassificationEstimator Create(Catalog catalog, string architecture, ImageTrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new ImageClassificationEstimator(MLEnvironment.Of(catalog), architecture, options);
    }
}
