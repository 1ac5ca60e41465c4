using System.Globalization;
using MLVision.MLNetExtensions.Devices;

namespace MLVision.MLNetExtensions.Scoring.Sessions;

/// <summary>The sentence for a batch on which ONNX Runtime gives up.</summary>
internal static class SessionFault
{
    /// <summary>What ONNX Runtime, CUDA, DirectML and the C++ library say where memory is short.</summary>
    private static readonly string[] MemoryIsShort =
        ["out of memory", "allocate memory", "bad_alloc", "bad allocation", "ALLOC_FAILED", "E_OUTOFMEMORY"];

    /// <summary>Says what to do.</summary>
    /// <param name="images">Images of the batch.</param>
    /// <param name="device">What it was scored on.</param>
    /// <param name="error">What ONNX Runtime says.</param>
    public static ImageClassificationException Of(int images, ComputeDevice device, Exception error)
    {
        var elsewhere = device.Kind == ComputeDeviceKind.Cpu ? "" : ", or score on cpu";
        if (!MemoryIsShort.Any(words => error.Message.Contains(words, StringComparison.OrdinalIgnoreCase)))
        {
            var remedy = device.Kind == ComputeDeviceKind.Cpu ? "" : ", or the device has a fault: look after its driver" + elsewhere;
            return new ImageClassificationException(
                $"A batch of {Text(images)} could not be scored on {device}{ForeignError.InBrackets(error)}: the model is damaged{remedy}.",
                error);
        }

        var smaller = images > 1 ? $"set BatchSize to {Text(images / 2)}, close" : "close";
        return new ImageClassificationException(
            $"{device} lacks memory for a batch of {Text(images)}: {smaller} other programs that use it{elsewhere}.", error);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
