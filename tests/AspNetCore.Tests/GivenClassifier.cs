using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Scoring;
using MLVision.MLNetExtensions.Scoring.Results;

namespace AspNetCore.Tests;

/// <summary>A classifier that says of every image what it is told to, once it is told.</summary>
internal sealed class GivenClassifier(Task<ImagePrediction> prediction) : IImageClassifier
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<string> Labels => throw new NotSupportedException();

    /// <summary>Ends with the first question.</summary>
    public Task Asked => _asked.Task;

    /// <summary>Ends when a question is taken back.</summary>
    public Task Cancelled => _cancelled.Task;

    public async Task<ImagePrediction> PredictAsync(ImageSource image, CancellationToken cancellationToken = default)
    {
        _asked.TrySetResult();
        try
        {
            return await prediction.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _cancelled.TrySetResult();
            throw;
        }
    }

    public ImagePrediction Predict(ImageSource image, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public IReadOnlyList<ImagePrediction> PredictMany(IEnumerable<ImageSource> images, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public IAsyncEnumerable<ImagePrediction> PredictManyAsync(
        IAsyncEnumerable<ImageSource> images, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
