using MLVision.MLNetExtensions;

namespace MLVision.Trainers.Weights.Files.Tensors;

/// <summary>A file of weights is missing, damaged, or asks for more than tensors.</summary>
/// <param name="message">One sentence: the file, what is wrong with it, and the remedy if there is one.</param>
/// <param name="innerException">The operating system's error, or null.</param>
public sealed class WeightsFileException(string message, Exception? innerException = null)
    : ImageClassificationException(message, innerException)
{
    /// <summary>What to say of a file that is of no kind of ours where a model would do, too; null where it is of one.</summary>
    internal string? NeitherModelNorWeights { get; init; }
}
