using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLVision.MLNetExtensions.Devices;

namespace MLVision.MLNetExtensions.Contexts;

/// <summary>The GPU that an <see cref="MLContext"/> asks for, checked before ML.NET takes it at its word.</summary>
/// <remarks>
/// ML.NET's own fallback waits for an exception that the CPU package of ONNX Runtime does not throw: it lacks the entry point, and that
/// error goes through. Environments keep <see cref="MLContext.GpuDeviceId"/> to themselves, behind an interface of ML.NET's own that
/// is reached by reflection; where a later version has renamed it, ML.NET is left to its ways.
/// </remarks>
internal static class ContextGpu
{
    private const string Interface = "Microsoft.ML.Runtime.IHostEnvironmentInternal";

    /// <summary>Builds something that opens an ONNX Runtime session in an environment.</summary>
    /// <param name="host">The environment.</param>
    /// <param name="log">Takes a sentence on the device, and whether it is a warning.</param>
    /// <param name="build">Builds; sees no GPU where the one asked for cannot be used and falling back is allowed.</param>
    /// <exception cref="DeviceUnavailableException">The GPU asked for cannot be used, and falling back is not allowed.</exception>
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
            throw new DeviceUnavailableException($"{reason} MLContext.FallbackToCpu = true does so by itself.");
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
