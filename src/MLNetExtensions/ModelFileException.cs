namespace MLVision.MLNetExtensions;

/// <summary>A model file is missing, damaged, or not an image classifier.</summary>
/// <param name="message">What was expected, what came, and the remedy.</param>
/// <param name="innerException">The error underneath, if there is one.</param>
public sealed class ModelFileException(string message, Exception? innerException = null)
    : ImageClassificationException(message, innerException);
