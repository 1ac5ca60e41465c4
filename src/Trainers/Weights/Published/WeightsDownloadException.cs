using MLVision.MLNetExtensions;

namespace MLVision.Trainers.Weights.Published;

/// <summary>Published weights could not be fetched; the message names the address, the reason and what to do.</summary>
/// <param name="message">One sentence a user can act on.</param>
/// <param name="innerException">The error underneath, if there is one.</param>
public sealed class WeightsDownloadException(string message, Exception? innerException = null)
    : ImageClassificationException(message, innerException);
