using System.Runtime.Intrinsics.X86;

namespace MLVision.Trainers.Native;

/// <summary>What this machine's processor has.</summary>
internal static class CpuFeatures
{
    private const int ExtendedFeatures = 7;
    private const int BFloat16Bit = 5;

    /// <summary>Whether it multiplies bfloat16 numbers: AVX-512 BF16, which processors with AMX have, too.</summary>
    /// <remarks>Source: Intel's Software Developer's Manual, CPUID leaf 7, sub-leaf 1, EAX bit 5. .NET has no name for it.</remarks>
    public static bool HasBFloat16 { get; } =
        Avx512BW.IsSupported && X86Base.IsSupported && (X86Base.CpuId(ExtendedFeatures, 1).Eax & (1 << BFloat16Bit)) != 0;
}
