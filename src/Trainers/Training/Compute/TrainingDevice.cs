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
        return Choose(wanted, cuda.is_available() ? cuda.device_count() : 0);
    }

    /// <inheritdoc cref="Choose(ComputeDevice)"/>
    /// <param name="wanted">What was asked for: automatic, the CPU, or CUDA.</param>
    /// <param name="count">Number of CUDA devices that libtorch finds.</param>
    internal static Device Choose(ComputeDevice wanted, int count)
    {
        if (wanted.Kind == ComputeDeviceKind.Cpu || (wanted.Kind == ComputeDeviceKind.Auto && count == 0))
        {
            return CPU;
        }

        if (wanted.Index < count)
        {
            return new Device(DeviceType.CUDA, wanted.Index);
        }

        var there = string.Join(", ", Enumerable.Range(0, count).Select(index => ComputeDevice.Cuda(index)).Prepend(ComputeDevice.Cpu));
        var needs = count > 0 ? "" : " CUDA needs an NVIDIA driver, and the package TorchSharp-cuda-linux or TorchSharp-cuda-windows in " +
            $"place of libtorch-cpu, or the folder of a libtorch for CUDA in {OtherLibtorch.Variable}.";
        throw new DeviceUnavailableException($"{wanted} is not there; this machine has {there}.{needs}");
    }
}
