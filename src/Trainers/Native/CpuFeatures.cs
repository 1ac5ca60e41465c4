using System.Runtime.Intrinsics.X86;

namespace MLVision.Trainers.Native;

/// <summary>What this machine's processor supports.</summary>
internal static class CpuFeatures
{
    private const int ExtendedFeatures = 7;
    private const int BFloat16Bit = 5;

    /// <summary>Whether it has AVX-512 BF16, which multiplies bfloat16 numbers; processors with AMX have it, too.</summary>
    /// <remarks>Source: Intel's Software Developer's Manual, CPUID leaf 7, sub-leaf 1, EAX bit 5. .NET has no name for it.</remarks>
    public static bool HasBFloat16 { get; } =
        Avx512BW.IsSupported && X86Base.IsSupported && (X86Base.CpuId(ExtendedFeatures, 1).Eax & (1 << BFloat16Bit)) != 0;
}
