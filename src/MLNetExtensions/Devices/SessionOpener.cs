using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;

namespace MLVision.MLNetExtensions.Devices;

/// <summary>Opens ONNX Runtime sessions on the device that was asked for, and says which one it is.</summary>
/// <param name="installed">The providers that the installed ONNX Runtime has, by its names.</param>
/// <param name="logger">Receives a line about the device that is used and why.</param>
internal sealed class SessionOpener(IReadOnlyCollection<string> installed, ILogger logger)
{
    /// <summary>
    /// The session option that makes int8 models score correctly on x86 processors without VNNI; on others it changes nothing.
    /// </summary>
    public const string ExactInt8 = "session.x64quantprecision";

    // The order in which Auto tries; why TensorRT and CoreML are not in it says ComputeDeviceKind.Auto.
    private static readonly ComputeDeviceKind[] Preferred =
        [ComputeDeviceKind.Cuda, ComputeDeviceKind.DirectMl, ComputeDeviceKind.OpenVino, ComputeDeviceKind.Cpu];

    /// <summary>Opens a session.</summary>
    /// <param name="asked">The device; <see cref="ComputeDevice.Auto"/> takes the first that starts, and warns of those that do
    /// not.</param>
    /// <param name="threadsPerCall">Threads that one call computes with on the CPU.</param>
    /// <param name="create">Creates the session from prepared options.</param>
    /// <exception cref="DeviceUnavailableException">The device requested by name does not exist or does not start.</exception>
    /// <exception cref="OnnxRuntimeException">The model is at fault.</exception>
    public (InferenceSession Session, ComputeDevice Device) Open(
        ComputeDevice asked, int threadsPerCall, Func<SessionOptions, InferenceSession> create)
    {
        if (asked.Kind != ComputeDeviceKind.Auto)
        {
            var session = OpenOn(asked, threadsPerCall, create);
            SessionLog.Chosen(logger, asked);
            return (session, asked);
        }

        foreach (var device in Preferred.Where(IsInstalled).Select(kind => new ComputeDevice(kind)))
        {
            try
            {
                var session = OpenOn(device, threadsPerCall, create);
                SessionLog.BestInstalled(logger, device, string.Join(", ", installed));
                return (session, device);
            }
            catch (DeviceUnavailableException e)
            {
                SessionLog.FellBack(logger, e.Message);
            }
        }

        throw new DeviceUnavailableException($"ONNX Runtime has no device to score on; it was built with {string.Join(", ", installed)}.");
    }

    /// <summary>Why a session cannot run on the device, or null where the device is there.</summary>
    /// <remarks>For code that lets others open the session: ML.NET's own check does not catch the CPU package's error.</remarks>
    public string? WhyUnavailable(ComputeDevice device)
    {
        try
        {
            using var options = OptionsFor(device, threadsPerCall: 1);
            return null;
        }
        catch (DeviceUnavailableException e)
        {
            return e.Message;
        }
    }

    private bool IsInstalled(ComputeDeviceKind kind) => installed.Contains(ExecutionProviders.NameOf(kind));

    private InferenceSession OpenOn(ComputeDevice device, int threadsPerCall, Func<SessionOptions, InferenceSession> create)
    {
        using var options = OptionsFor(device, threadsPerCall);
        try
        {
            return create(options);
        }
        catch (Exception e) when (device.Kind != ComputeDeviceKind.Cpu && IsDevicesFault(e))
        {
            throw DoesNotStart(device, e);
        }
    }

    private SessionOptions OptionsFor(ComputeDevice device, int threadsPerCall)
    {
        if (!IsInstalled(device.Kind))
        {
            throw new DeviceUnavailableException(
                $"The device '{device}' needs an ONNX Runtime with {ExecutionProviders.NameOf(device.Kind)}, but the installed one has " +
                $"{string.Join(", ", installed)}: {ExecutionProviders.RemedyFor(device.Kind)}; or score on {Present()}.");
        }

        var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = threadsPerCall,
            InterOpNumThreads = 1,
            // DirectML refuses sessions with memory patterns.
            EnableMemoryPattern = device.Kind != ComputeDeviceKind.DirectMl,
            // On a GPU every session would warn twice that nodes about shapes run on the CPU, where they belong. What is an error comes as
            // an exception, too, and is said in a sentence.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        try
        {
            // Idle threads that spin slow down every other session and caller, about twofold on two cores.
            options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            // x86 processors without VNNI add products of uint8 and int8 weights in 16 bits, which overflow; this has them computed in
            // uint8.
            options.AddSessionConfigEntry(ExactInt8, "1");
            ExecutionProviders.Append(options, device);
            return options;
        }
        catch (Exception e) when (IsDevicesFault(e))
        {
            options.Dispose();
            throw DoesNotStart(device, e);
        }
    }

    /// <summary>
    /// Whether an error while opening a session is about the device. The CPU package lacks the other providers' entry points, and a
    /// provider whose own libraries are missing fails with ONNX Runtime's exception; but so does a damaged model, on any device.
    /// </summary>
    private static bool IsDevicesFault(Exception error) =>
        error is EntryPointNotFoundException or DllNotFoundException or NotSupportedException
        || (error is OnnxRuntimeException && !IsModelsFault(error.Message));

    private static bool IsModelsFault(string message) =>
        message.Contains("InvalidProtobuf", StringComparison.Ordinal)
        || message.Contains("InvalidGraph", StringComparison.Ordinal)
        || message.Contains("NoModel", StringComparison.Ordinal);

    /// <summary>Whether a session can ask for the device: its libraries load, and there are so many of it.</summary>
    private static bool IsThere(ComputeDevice device)
    {
        try
        {
            using var options = new SessionOptions();
            ExecutionProviders.Append(options, device);
            return true;
        }
        catch (Exception e) when (IsDevicesFault(e))
        {
            return false;
        }
    }

    private DeviceUnavailableException DoesNotStart(ComputeDevice device, Exception error) => new(
        $"The device '{device}' does not start ({error.Message.Split('\n')[0].TrimEnd()}): it needs " +
        $"{ExecutionProviders.NeedsOf(device.Kind)}; or score on {Present()}.",
        error);

    private string Present() => PresentDevices.InWords(PresentDevices.Of(IsInstalled, IsThere));
}
