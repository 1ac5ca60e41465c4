using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Devices;
using MLVision.Trainers.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Compute;

/// <summary>Chooses the device of a training.</summary>
internal static class TrainingDevice
{
    /// <summary>The device for libtorch; <see cref="ComputeDevice.Auto"/> is CUDA where there is one, otherwise the CPU.</summary>
    /// <param name="wanted">What was asked for: automatic, the CPU, or CUDA.</param>
    /// <exception cref="DeviceUnavailableException">The device asked for is not there.</exception>
    /// <exception cref="TorchRuntimeException">libtorch cannot be loaded.</exception>
    public static Device Choose(ComputeDevice wanted)
    {
        TorchRuntime.EnsureLoaded();
        if (wanted.Kind == ComputeDeviceKind.Cpu || (wanted.Kind == ComputeDeviceKind.Auto && !cuda.is_available()))
        {
            return CPU;
        }

        var count = cuda.is_available() ? cuda.device_count() : 0;
        return wanted.Index < count
            ? new Device(DeviceType.CUDA, wanted.Index)
            : throw new DeviceUnavailableException(
                $"Device '{wanted}' is not there: {count} CUDA devices were found. It needs an NVIDIA driver, and the package " +
                "TorchSharp-cuda-linux or TorchSharp-cuda-windows in place of libtorch-cpu; or use cpu.");
    }
}
