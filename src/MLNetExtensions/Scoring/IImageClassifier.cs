using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Scoring.Results;

namespace MLVision.MLNetExtensions.Scoring;

/// <summary>Labels images. Safe for any number of threads at once.</summary>
/// <remarks>
/// If one of many images cannot be read or scored, the others are not affected: its result has an <see cref="ImagePrediction.Error"/>.
/// Cancelling takes effect between images.
/// </remarks>
public interface IImageClassifier
{
    /// <summary>The classes, in the order of the scores.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>Labels an image.</summary>
    /// <exception cref="ImageDataException">The image cannot be read.</exception>
    /// <exception cref="ModelFileException">The model's scores are NaN or infinite.</exception>
    /// <exception cref="ObjectDisposedException">The classifier is disposed.</exception>
    ImagePrediction Predict(ImageSource image, CancellationToken cancellationToken = default);

    /// <summary>Labels images on all threads; one result per image, in order.</summary>
    /// <exception cref="ObjectDisposedException">The classifier is disposed.</exception>
    IReadOnlyList<ImagePrediction> PredictMany(IEnumerable<ImageSource> images, CancellationToken cancellationToken = default);

    /// <summary>
    /// Labels an image without blocking the caller's thread: a stream is read asynchronously, the rest runs on the thread pool.
    /// </summary>
    /// <inheritdoc cref="Predict"/>
    Task<ImagePrediction> PredictAsync(ImageSource image, CancellationToken cancellationToken = default);

    /// <summary>Labels images as they arrive, on all threads; one result per image, in order.</summary>
    /// <remarks>
    /// Reads only a few batches before the caller takes their results, so any number of images can be scored. Images that have arrived are
    /// scored before waiting for the next one.
    /// </remarks>
    /// <inheritdoc cref="PredictMany"/>
    IAsyncEnumerable<ImagePrediction> PredictManyAsync(IAsyncEnumerable<ImageSource> images, CancellationToken cancellationToken = default);
}
