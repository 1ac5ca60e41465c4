using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Scoring.Results;

namespace MLVision.MLNetExtensions.Scoring;

/// <summary>Labels images. Safe for any number of threads at once.</summary>
/// <remarks>
/// Where many images are given, one that cannot be read or scored costs the others nothing: its result has an
/// <see cref="ImagePrediction.Error"/>.
/// Cancelling takes effect between images.
/// </remarks>
public interface IImageClassifier
{
    /// <summary>The classes, in the order of the scores.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>Labels an image.</summary>
    /// <exception cref="ImageDataException">The image cannot be read.</exception>
    /// <exception cref="ModelFileException">The model's scores are no numbers.</exception>
    /// <exception cref="ObjectDisposedException">The classifier is disposed.</exception>
    ImagePrediction Predict(ImageSource image, CancellationToken cancellationToken = default);

    /// <summary>Labels images on all threads; one result an image, in order.</summary>
    /// <exception cref="ObjectDisposedException">The classifier is disposed.</exception>
    IReadOnlyList<ImagePrediction> PredictMany(IEnumerable<ImageSource> images, CancellationToken cancellationToken = default);

    /// <summary>
    /// Labels an image without holding the caller's thread: a stream is read asynchronously, the rest runs on the thread pool.
    /// </summary>
    /// <inheritdoc cref="Predict"/>
    Task<ImagePrediction> PredictAsync(ImageSource image, CancellationToken cancellationToken = default);

    /// <summary>Labels images as they come, on all threads; one result an image, in order.</summary>
    /// <remarks>
    /// Reads a few batches ahead of what the caller has taken, no more, so any number of images can pass through. Images that came
    /// are scored before the next is waited for.
    /// </remarks>
    /// <inheritdoc cref="PredictMany"/>
    IAsyncEnumerable<ImagePrediction> PredictManyAsync(IAsyncEnumerable<ImageSource> images, CancellationToken cancellationToken = default);
}
