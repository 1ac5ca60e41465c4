using System.Globalization;
using MLVision.MLNetExtensions;
using MLVision.Trainers.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Compute;

/// <summary>Chooses what a training runs on.</summary>
internal static class TrainingDevice
{
    /// <summary>Chooses by name: <c>auto</c> takes CUDA where there is one, otherwise the CPU.</summary>
    /// <exception cref="ImageClassificationException">The device asked for is not there, or the name is none.</exception>
    /// <exception cref="TorchRuntimeException">libtorch cannot be loaded.</exception>
    public static Device Choose(string name)
    {
        TorchRuntime.EnsureLoaded();
        if (name == "cpu" || (name == "auto" && !cuda.is_available()))
        {
            return CPU;
        }

        if (name is "auto" or "cuda")
        {
            name = "cuda:0";
        }

        if (!name.StartsWith("cuda:", StringComparison.Ordinal)
            || !int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            throw new ImageClassificationException($"'{name}' is no device; expected auto, cpu, cuda or cuda:0.");
        }

        var count = cuda.is_available() ? cuda.device_count() : 0;
        return index < count
            ? new Device(DeviceType.CUDA, index)
            : throw new ImageClassificationException(
                $"Device '{name}' is not there: {count} CUDA devices were found. Build with -p:Gpu=true on a machine with an NVIDIA " +
                "driver, or use cpu.");
    }
}
