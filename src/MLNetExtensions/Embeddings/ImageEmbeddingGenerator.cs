using Microsoft.Extensions.AI;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring;

namespace MLVision.MLNetExtensions.Embeddings;

/// <summary>
/// Turns images into vectors by a model that gives its embedding, for everything that takes generators of Microsoft.Extensions.AI, such as
/// vector stores.
/// </summary>
/// <remarks>
/// An embedding is what the model's last layer sees, as the network gives it: images that look alike to it have embeddings in like
/// directions, so compare them by their cosine. Safe for any number of threads at once.
/// </remarks>
/// <example>
/// <code>
/// using var generator = ImageEmbeddingGenerator.Load("model.onnx");
/// ReadOnlyMemory&lt;float&gt; vector = await generator.GenerateVectorAsync("rose.jpg");
/// </code>
/// </example>
public sealed class ImageEmbeddingGenerator : IEmbeddingGenerator<ImageSource, Embedding<float>>
{
    private const string Provider = "mlvision";

    private readonly ImageClassifier _classifier;
    private readonly bool _isOwner;

    /// <summary>Uses a classifier, which stays the caller's to dispose.</summary>
    /// <param name="classifier">A classifier whose predictions hold embeddings.</param>
    /// <exception cref="ModelFileException">They do not: the model gives none, or its options left it out.</exception>
    public ImageEmbeddingGenerator(ImageClassifier classifier)
        : this(classifier, isOwner: false)
    {
    }

    private ImageEmbeddingGenerator(ImageClassifier classifier, bool isOwner)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        if (!classifier.Outputs.HasFlag(ModelOutputs.Embedding))
        {
            throw new ModelFileException(
                "The classifier's predictions hold no Embedding: load it with Outputs left open, from a model that was trained or " +
                "exported with --outputs embedding (Outputs = ModelOutputs.Embedding).");
        }

        (_classifier, _isOwner) = (classifier, isOwner);
        Metadata = new EmbeddingGeneratorMetadata(Provider, null, classifier.Metadata.Architecture, classifier.EmbeddingLength);
    }

    /// <summary>The name of the architecture and the length of its embeddings.</summary>
    public EmbeddingGeneratorMetadata Metadata { get; }

    /// <summary>Loads a model.</summary>
    /// <param name="path">A <c>.zip</c> or <c>.onnx</c> file of this product that gives <c>Embedding</c>.</param>
    /// <param name="options">How to score; null for the defaults. Of the model's outputs only the embedding is read.</param>
    /// <exception cref="ModelFileException">The file is missing, damaged, no classifier of this product, or gives no embedding.</exception>
    /// <exception cref="DeviceUnavailableException">The requested device does not exist or does not start.</exception>
    /// <exception cref="OptionOutOfRangeException">An option is out of range.</exception>
    public static ImageEmbeddingGenerator Load(string path, ImageScoringOptions? options = null)
    {
        var classifier = ImageClassifier.Load(path, (options ?? new ImageScoringOptions()) with { Outputs = ModelOutputs.Embedding });
        return new ImageEmbeddingGenerator(classifier, isOwner: true);
    }

    /// <summary>Computes the embeddings of images, on all threads.</summary>
    /// <param name="values">The images; streams are read to their ends.</param>
    /// <param name="options">
    /// Another number of dimensions than the model's is refused; everything else is ignored. Null for the defaults.
    /// </param>
    /// <param name="cancellationToken">Stops between images.</param>
    /// <returns>One embedding per image, in order.</returns>
    /// <exception cref="ImageDataException">An image cannot be read; none of the embeddings is returned.</exception>
    /// <exception cref="ImageClassificationException">Another number of dimensions is asked for.</exception>
    /// <exception cref="ObjectDisposedException">The classifier is disposed.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<ImageSource> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (options?.Dimensions is { } dimensions && dimensions != Metadata.DefaultModelDimensions)
        {
            throw new ImageClassificationException(
                $"Embeddings of {dimensions} dimensions are asked for, but the model's have {Metadata.DefaultModelDimensions}: leave " +
                "Dimensions open.");
        }

        var created = DateTimeOffset.UtcNow;
        var embeddings = new GeneratedEmbeddings<Embedding<float>>();
        var predictions = _classifier.PredictManyAsync(values.ToAsyncEnumerable(), cancellationToken);
        await foreach (var prediction in predictions.ConfigureAwait(false))
        {
            embeddings.Add(new Embedding<float>(ImageClassifier.OrThrow(prediction).Embedding!.ToArray())
            {
                CreatedAt = created,
                ModelId = Metadata.DefaultModelId,
            });
        }

        return embeddings;
    }

    /// <summary>Returns the generator, its <see cref="Metadata"/> or its classifier, by type.</summary>
    /// <param name="serviceType">The type.</param>
    /// <param name="serviceKey">Must be null: there is only one of each.</param>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        object[] services = serviceKey is null ? [this, Metadata, _classifier] : [];
        return services.FirstOrDefault(serviceType.IsInstanceOfType);
    }

    /// <summary>Disposes the classifier if it was loaded here.</summary>
    public void Dispose()
    {
        if (_isOwner)
        {
            _classifier.Dispose();
        }
    }
}
