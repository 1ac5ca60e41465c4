using TorchSharp;
using static TorchSharp.torch;

namespace MLVision.Trainers.Native;

/// <summary>Brings tensors from the CPU to the device that computes.</summary>
internal static class DeviceCopy
{
    /// <summary>On the CPU another tensor over the same memory; on a GPU a copy, for which the caller does not wait.</summary>
    /// <remarks>
    /// The copy is made from pinned memory, which libtorch keeps until the copy is done. The caller owns the result.
    /// </remarks>
    /// <param name="onCpu">A tensor on the CPU.</param>
    /// <param name="device">The device.</param>
    public static Tensor Of(Tensor onCpu, Device device)
    {
        if (device.type == DeviceType.CPU)
        {
            return onCpu.alias();
        }

        using var from = device.type == DeviceType.CUDA ? onCpu.pin_memory() : onCpu.alias();
        return from.to(device, non_blocking: true);
    }
}
