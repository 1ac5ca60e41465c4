using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace MLVision.Cli;

/// <summary>Errors of native libraries that reach the command line as they are: a device's fault, or memory that is short.</summary>
internal static class NativeFault
{
    /// <summary>The sentence for an error, or null if it is of another kind.</summary>
    /// <param name="error">The error; ML.NET wraps those of ONNX Runtime in its own.</param>
    public static string? Sentence(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            var gaveUp = cause switch
            {
                OnnxRuntimeException => "ONNX Runtime gave up",
                SEHException => "A native library gave up",
                ExternalException when cause.GetType() == typeof(ExternalException) => "libtorch gave up",
                OutOfMemoryException => "This machine's memory is used up",
                _ => null,
            };
            if (gaveUp is not null)
            {
                return $"{gaveUp} ({cause.Message.Split('\n')[0].TrimEnd('.', '\r', ' ')}): smaller batches and images need less memory, " +
                    "and --device cpu needs no GPU.";
            }
        }

        return null;
    }
}
