using Microsoft.Extensions.Logging;
using Microsoft.ML;
using MLNetExtensions;
using TorchSharp;
using Trainers.Models;
using Trainers.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers;

/// <summary>Trains an image classifier on TorchSharp and returns a chain of stock ML.NET transformers around its ONNX graph.</summary>
/// <remarks>
/// Input: a key column of labels and a column of images or pixels. Output: <c>Score</c>, a float vector of probabilities in key
/// order with slot names, and <c>PredictedLabel</c>, a key with the label's values.
/// </remarks>
public sealed class ImageClassificationEstimator : IEstimator<ImageClassificationTransformer>
{
    private readonly MLEnvironment _ml;
    private readonly ImageModel _architecture;
    private readonly ImageClassifierOptions _options;
    private readonly ILogger _logger;

    internal ImageClassificationEstimator(MLEnvironment ml, string architecture, ImageClassifierOptions options)
    {
        options.Validate();
        _ml = ml;
        _architecture = ImageModels.Get(architecture);
        _options = options;
        _logger = new TrainingLogger(ml, options.Logger);
    }

    /// <summary>Trains on the given images.</summary>
    /// <exception cref="ColumnMismatchException">A column is missing or of a type that cannot be used.</exception>
    /// <exception cref="ImageDataException">There are fewer than two classes, or too many unreadable images.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    public ImageClassificationTransformer Fit(IDataView input) => Fit(input, validation: null);

    /// <summary>Trains on the given images and checks on others after every epoch, instead of holding some out.</summary>
    /// <param name="input">The images to learn from.</param>
    /// <param name="validation">Images with the same columns and the same label values, or null.</param>
    /// <inheritdoc cref="Fit(IDataView)" path="/exception"/>
    public ImageClassificationTransformer Fit(IDataView input, IDataView? validation)
    {
        ArgumentNullException.ThrowIfNull(input);
        var device = TrainingDevice.Choose(_options.Device);
        var reader = new TrainingImages(_ml, input.Schema, _options, _architecture.ImageSize, _logger);
        var (training, heldOut) = reader.Read(input, validation);
        using var network = BuildNetwork(reader.Labels.Count, device);
        EpochLog.Started(_logger, device.ToString(), training.Count, heldOut.Count, reader.Labels.Count, reader.ImageSize, reader.ImageSize);
        var history = Train(network, training, heldOut, device);
        return ImageClassificationTransformer.Wrap(_ml, input, reader, network, Describe(reader, history), history);
    }

    /// <summary>The columns that scoring adds, without training.</summary>
    /// <exception cref="ColumnMismatchException">A column is missing or of a type that cannot be used.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var labels = ClassLabels.StandInsFor(Find(inputSchema, _options.LabelColumnName));
        return ScoringSchema.Of(_ml, PixelColumn.Of(Find(inputSchema, _options.ImageColumnName)), labels, inputSchema);
    }

    private Module<Tensor, Tensor> BuildNetwork(int classes, Device device)
    {
        var network = _architecture.Build(classes);
        Initialization.HeNormal(network, _options.Seed);
        return network.to(device);
    }

    private IReadOnlyList<EpochSummary> Train(Module<Tensor, Tensor> network, PixelSet training, PixelSet validation, Device device)
    {
        BatchSource Batches(PixelSet pixels) => new(pixels, _options.BatchSize, Normalization.ImageNet, device);
        return new TrainingLoop(network, Batches(training), Batches(validation), _options, _logger).Run();
    }

    private ClassifierMetadata Describe(TrainingImages reader, IReadOnlyList<EpochSummary> history) => new()
    {
        Architecture = _architecture.Name,
        Labels = reader.Labels.Names,
        ImageSize = reader.ImageSize,
        Mean = Normalization.ImageNet.Mean,
        StandardDeviation = Normalization.ImageNet.StandardDeviation,
        Training = TrainingReport.Summarize(history),
    };

    private static SchemaShape.Column Find(SchemaShape schema, string name) =>
        schema.FirstOrDefault(column => column.Name == name) is { Name: not null } found ? found : throw new ColumnMismatchException($"The data has no column '{name}'.");
}
