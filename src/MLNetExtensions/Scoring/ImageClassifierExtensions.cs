using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Scoring.Results;

namespace MLVision.MLNetExtensions.Scoring;

/// <summary>Methods for the most common form of images: lists of files.</summary>
public static class ImageClassifierExtensions
{
    /// <summary>Labels image files on all threads; one result per file, in order.</summary>
    /// <inheritdoc cref="IImageClassifier.PredictMany"/>
    public static IReadOnlyList<ImagePrediction> PredictMany(
        this IImageClassifier classifier, IEnumerable<string> paths, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(paths);
        return classifier.PredictMany(paths.Select(ImageSource.FromFile), cancellationToken);
    }

    /// <summary>Labels image files as results are read, on all threads; one result per file, in order.</summary>
    /// <inheritdoc cref="IImageClassifier.PredictManyAsync"/>
    public static IAsyncEnumerable<ImagePrediction> PredictManyAsync(
        this IImageClassifier classifier, IEnumerable<string> paths, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(paths);
        return classifier.PredictManyAsync(paths.Select(ImageSource.FromFile).ToAsyncEnumerable(), cancellationToken);
    }
}
