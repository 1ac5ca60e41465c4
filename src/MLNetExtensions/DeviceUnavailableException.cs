namespace MLVision.MLNetExtensions;

/// <summary>The device asked for is not there, or ONNX Runtime cannot start on it.</summary>
/// <param name="message">What was asked for, what is there, and the remedy.</param>
/// <param name="innerException">The error underneath, if there is one.</param>
public sealed class DeviceUnavailableException(string message, Exception? innerException = null)
    : ImageClassificationException(message, innerException);
