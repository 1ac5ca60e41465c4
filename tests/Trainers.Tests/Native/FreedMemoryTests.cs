using System.Globalization;
using System.Runtime.InteropServices;
using MLVision.Trainers.Native;

namespace Trainers.Tests.Native;

[Collection(ProcessState.Name)]
public sealed unsafe class FreedMemoryTests
{
    // Above the 32 megabytes from which glibc maps blocks, below the 64 that a thread's heap holds.
    private const int BlockBytes = 48 * 1024 * 1024;

    [Fact]
    public void Keep_BlockThatIsFreedAndAskedForAgain_IsNotMappedAnew()
    {
        Assert.SkipUnless(FreedMemory.CanBeKept, "Only glibc can be told to keep freed memory.");
        using var kept = FreedMemory.Keep();
        UseBlock();

        var faults = FaultsOf(UseBlock);

        // Mapped anew it would be 12,288, one per page; other threads of the process may have a few at the same time.
        Assert.InRange(faults, 0, 1000);
    }

    [Fact]
    public void Dispose_OneOfTwoTwice_KeepsOn()
    {
        Assert.SkipUnless(FreedMemory.CanBeKept, "Only glibc can be told to keep freed memory.");
        var first = FreedMemory.Keep();
        using var second = FreedMemory.Keep();
        UseBlock();

        first.Dispose();
        first.Dispose();

        Assert.InRange(FaultsOf(UseBlock), 0, 1000);
    }

    private static void UseBlock()
    {
        var block = NativeMemory.Alloc(BlockBytes);
        NativeMemory.Fill(block, BlockBytes, 1);
        NativeMemory.Free(block);
    }

    /// <summary>Pages that this thread had the system provide meanwhile.</summary>
    private static long FaultsOf(Action action)
    {
        var before = Faults();
        action();
        return Faults() - before;
    }

    // proc(5): the tenth field of stat; the command's name, the second, may hold spaces and ends with a bracket.
    private static long Faults() =>
        long.Parse(File.ReadAllText("/proc/thread-self/stat").Split(')')[^1].Split(' ')[8], CultureInfo.InvariantCulture);
}
