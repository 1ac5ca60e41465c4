using MLVision.MLNetExtensions;

namespace MLVision.Trainers.Native;

/// <summary>libtorch cannot be loaded in this process; the message names what is missing and the package that contains it.</summary>
/// <param name="message">One sentence that a user can act on.</param>
/// <param name="innerException">The error of the operating system's loader, or null.</param>
public sealed class TorchRuntimeException(string message, Exception? innerException = null)
    : ImageClassificationException(message, innerException);
