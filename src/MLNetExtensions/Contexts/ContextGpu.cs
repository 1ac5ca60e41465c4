using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLVision.MLNetExtensions.Devices;

namespace MLVision.MLNetExtensions.Contexts;

/// <summary>Checks the GPU that an <see cref="MLContext"/> asks for before ML.NET uses it.</summary>
/// <remarks>
/// ML.NET's own fallback expects an exception that ONNX Runtime's CPU package does not throw: that package lacks the entry point, and the
/// resulting error is not caught. <see cref="MLContext.GpuDeviceId"/> is private in environments, behind an internal interface that is read
/// by reflection. If a later version renames it, ML.NET behaves as it does alone.
/// </remarks>
internal static class ContextGpu
{
    private const string Interface = "Microsoft.ML.Runtime.IHostEnvironmentInternal";

    /// <summary>Builds something that opens an ONNX Runtime session in an environment.</summary>
    /// <param name="host">The environment.</param>
    /// <param name="log">Takes a sentence about the device, and whether it is a warning.</param>
    /// <param name="build">Builds it; sees no GPU if the one asked for cannot be used and fallback is allowed.</param>
    /// <exception cref="DeviceUnavailableException">The GPU asked for cannot be used, and fallback is not allowed.</exception>
    public static T WhereUsable<T>(IHostEnvironment host, Action<string, bool> log, Func<T> build)
    {
        var environment = host.GetType().GetInterface(Interface);
        var gpu = environment?.GetProperty(nameof(MLContext.GpuDeviceId));
        if (gpu?.GetValue(host) is not int index)
        {
            return build();
        }

        var device = new ComputeDevice(ComputeDeviceKind.Cuda, index);
        var opener = new SessionOpener(ExecutionProviders.Installed(), NullLogger.Instance);
        if (opener.WhyUnavailable(device) is not { } reason)
        {
            log($"Scoring on {device}, as MLContext.GpuDeviceId asks.", false);
            return build();
        }

        if (environment?.GetProperty(nameof(MLContext.FallbackToCpu))?.GetValue(host) is not true)
        {
            throw new DeviceUnavailableException($"{reason} Or set MLContext.FallbackToCpu = true to fall back to the CPU.");
        }

        log($"{reason} Scoring on cpu, as MLContext.FallbackToCpu allows.", true);
        return WithoutGpu(host, gpu, index, build);
    }

    private static T WithoutGpu<T>(IHostEnvironment host, PropertyInfo gpu, int index, Func<T> build)
    {
        gpu.SetValue(host, null);
        try
        {
            return build();
        }
        finally
        {
            gpu.SetValue(host, index);
        }
    }
}
