namespace MLVision.MLNetExtensions;

/// <summary>A column of the data is missing or has a type that image classification cannot use.</summary>
/// <param name="message">Which column, what it must be, what it is.</param>
public sealed class ColumnMismatchException(string message) : ImageClassificationException(message);
