namespace MLVision.MLNetExtensions;

/// <summary>The work failed for a reason that the caller can correct; the message is one sentence to show to a user.</summary>
/// <param name="message">What was expected, what came, and the remedy.</param>
/// <param name="innerException">The error underneath, if there is one.</param>
public class ImageClassificationException(string message, Exception? innerException = null) : Exception(message, innerException);
