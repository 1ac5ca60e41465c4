namespace MLVision.MLNetExtensions;

/// <summary>Work stopped for a reason the caller can mend; the message is one sentence fit to be shown to a user.</summary>
/// <param name="message">What was expected, what came, and the remedy.</param>
/// <param name="innerException">The error underneath, if there is one.</param>
public class ImageClassificationException(string message, Exception? innerException = null) : Exception(message, innerException);
