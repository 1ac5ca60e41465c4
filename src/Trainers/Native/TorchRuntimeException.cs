using MLVision.MLNetExtensions;

namespace MLVision.Trainers.Native;

/// <summary>libtorch cannot be loaded in this process; the message names the missing piece and the package that brings it.</summary>
/// <param name="message">One sentence a user can act on.</param>
/// <param name="innerException">What the operating system's loader answered, where it was asked.</param>
public sealed class TorchRuntimeException(string message, Exception? innerException = null)
    : ImageClassificationException(message, innerException);
