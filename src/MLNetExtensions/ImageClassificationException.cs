namespace MLNetExtensions;

/// <summary>The base of every failure the product reports as its own: the message says what was expected, what came, and the remedy.</summary>
/// <param name="message">One sentence a user can act on.</param>
/// <param name="inner">What caused it, where there is such a thing.</param>
public class ImageClassificationException(string message, Exception? inner = null) : Exception(message, inner);
