namespace MLVision.MLNetExtensions;

/// <summary>The images given cannot be used: a folder is missing, empty or wrongly laid out, or too many files are unreadable.</summary>
/// <param name="message">What was expected, what came, and the remedy.</param>
/// <param name="innerException">The error underneath, if there is one.</param>
public class ImageDataException(string message, Exception? innerException = null)
    : ImageClassificationException(message, innerException);
