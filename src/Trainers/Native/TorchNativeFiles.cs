using System.Runtime.InteropServices;

namespace MLVision.Trainers.Native;

/// <summary>The native files that TorchSharp needs on one platform, and where they come from.</summary>
/// <param name="LibtorchPackage">The id of the package that brings libtorch.</param>
/// <param name="Bridge">TorchSharp's own library, from the TorchSharp package.</param>
/// <param name="Libtorch">The libraries that the bridge links to, in loading order.</param>
/// <param name="CudaOnly">Libraries that only a libtorch for CUDA has.</param>
/// <param name="SystemNeeds">What the operating system must provide.</param>
internal sealed record TorchNativeFiles(
    string LibtorchPackage, string Bridge, IReadOnlyList<string> Libtorch, IReadOnlyList<string> CudaOnly, string SystemNeeds)
{
    private static readonly Dictionary<string, TorchNativeFiles> Platforms = new()
    {
        ["linux-x64"] = new(
            "libtorch-cpu-linux-x64", "libLibTorchSharp.so", ["libc10.so", "libtorch_cpu.so", "libtorch.so"],
            ["libc10_cuda.so", "libtorch_cuda.so"],
            "glibc 2.34 and the libstdc++ of GCC 12 or newer, as Debian 12 and Ubuntu 22.04 have them"),
        ["win-x64"] = new(
            "libtorch-cpu-win-x64", "LibTorchSharp.dll", ["c10.dll", "torch_cpu.dll", "torch.dll"], ["c10_cuda.dll", "torch_cuda.dll"],
            "the Microsoft Visual C++ 2015-2022 Redistributable (x64)"),
        ["osx-arm64"] = new(
            "libtorch-cpu-osx-arm64", "libLibTorchSharp.dylib", ["libc10.dylib", "libtorch_cpu.dylib", "libtorch.dylib"], [],
            "macOS 11 or newer"),
    };

    /// <summary>The library with everything that runs on a CPU.</summary>
    public string Core => Libtorch[1];

    /// <summary>The portable runtime identifier. The runtime's own names the Linux distribution if that has built it from source.</summary>
    public static string ThisPlatform { get; } =
        (OperatingSystem.IsWindows() ? "win-" : OperatingSystem.IsMacOS() ? "osx-" : "linux-")
        + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    /// <exception cref="TorchRuntimeException">TorchSharp has no libtorch for this platform.</exception>
    public static TorchNativeFiles Of(string platform) => Platforms.GetValueOrDefault(platform) ?? throw new TorchRuntimeException(
        $"TorchSharp has native libraries for {string.Join(", ", Platforms.Keys)}, and this process runs on {platform}. "
        + "Train on one of those platforms: the saved model scores wherever ONNX Runtime does.");
}
