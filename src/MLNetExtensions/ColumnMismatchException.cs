namespace MLVision.MLNetExtensions;

/// <summary>A column of the data is missing or of a type that image classification cannot take.</summary>
/// <param name="message">Which column, what it must be, what it is.</param>
public sealed class ColumnMismatchException(string message) : ImageClassificationException(message);
