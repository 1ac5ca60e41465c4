using System.ComponentModel;
using System.Runtime.InteropServices;
using MLVision.MLNetExtensions;
using MLVision.Trainers.Native;
using static TorchSharp.torch;

namespace Trainers.Tests.Native;

/// <summary>Sentences for what libtorch 2.10 and 2.11 say; the texts are theirs, shortened where they repeat themselves.</summary>
public sealed class TorchFaultTests
{
    private const string OutOfCudaMemory =
        "CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 79.19 GiB of which 1.02 GiB is free. Including " +
        "non-PyTorch memory, this process has 78.16 GiB memory in use.\nException raised from malloc at CUDACachingAllocator.cpp:1490";

    private const string NoKernel =
        "CUDA error: no kernel image is available for execution on the device\nSearch for `cudaErrorNoKernelImageForDevice' in the " +
        "documentation for more information.";

    /// <summary>More bytes than any machine can address.</summary>
    [Fact]
    public void InWords_MoreMemoryThanThereIs_ProposesHalfTheBatch()
    {
        var work = new TorchWork { BatchSize = 64 };

        var error = Assert.Throws<ImageClassificationException>(() => TorchFault.InWords(work, () => empty(1L << 60)));

        Assert.Equal(
            "cpu lacks memory for batches of 64 (asked for 4611686018427387904 bytes): set BatchSize to 32, or close other programs that " +
            "use it.",
            error.Message);
        Assert.IsType<ExternalException>(error.InnerException);
    }

    [Theory]
    [InlineData(
        64, "cuda:1 lacks memory for batches of 64 (asked for 2.50 GiB): set BatchSize to 32, or close other programs that use it.")]
    [InlineData(
        1,
        "cuda:1 lacks memory for a batch of 1 (asked for 2.50 GiB): set a smaller ImageSize, close other programs that use it, or use " +
        "cpu.")]
    [InlineData(
        null,
        "cuda:1 lacks memory for the network (asked for 2.50 GiB): close other programs that use it, choose a smaller architecture, or " +
        "use cpu.")]
    public void InWords_CudaOutOfMemory_SaysTheBatchAndWhatHelps(int? batchSize, string expected) =>
        Assert.Equal(expected, Sentence(new TorchWork { Device = "cuda:1", BatchSize = batchSize }, OutOfCudaMemory));

    [Theory]
    [InlineData("[enforce fail at alloc_cpu.cpp:121] . DefaultCPUAllocator: not enough memory: you tried to allocate 64 bytes.")]
    [InlineData("CUDA error: out of memory")]
    [InlineData("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`")]
    [InlineData("cuDNN error: CUDNN_STATUS_ALLOC_FAILED")]
    public void InWords_EveryWayToSayThatMemoryIsShort_IsKnown(string said) =>
        Assert.StartsWith(
            "cpu lacks memory for batches of 3", Sentence(new TorchWork { BatchSize = 3 }, said), StringComparison.Ordinal);

    [Fact]
    public void InWords_FaultOfTheDevice_IsOneSentence() =>
        Assert.Equal(
            "libtorch gave up on cuda:0 (CUDA error: no kernel image is available for execution on the device): look after its driver, " +
            "and whether libtorch was built for it; or use cpu.",
            Sentence(new TorchWork { Device = "cuda:0", BatchSize = 64 }, NoKernel));

    [Fact]
    public void InWords_ErrorOnTheCpu_IsOneSentence() =>
        Assert.Equal(
            "libtorch gave up on cpu (The size of tensor a (3) must match the size of tensor b (2)); please report it.",
            Sentence(new TorchWork(), "The size of tensor a (3) must match the size of tensor b (2)\nException raised from infer_size"));

    [Theory]
    [InlineData(OutOfCudaMemory, " The checkpoint 'c.safetensors' holds the last complete epoch; it goes on with a BatchSize of 64 only.")]
    [InlineData(NoKernel, " The checkpoint 'c.safetensors' holds the last complete epoch.")]
    public void InWords_EpochsBefore_SaysWhereTheyAre(string said, string expected)
    {
        var work = new TorchWork { Device = "cuda:0", BatchSize = 64, Checkpoint = () => "c.safetensors" };

        Assert.EndsWith("." + expected, Sentence(work, said), StringComparison.Ordinal);
    }

    /// <summary>What Windows makes of an error that no one in native code caught.</summary>
    [Fact]
    public void InWords_StructuredException_IsASentence() =>
        Assert.Throws<ImageClassificationException>(
            () => TorchFault.InWords(new TorchWork(), () => throw new SEHException("External component has thrown an exception.")));

    [Fact]
    public void InWords_ErrorOfTheSystem_PassesThrough()
    {
        var error = new Win32Exception(2);

        Assert.Same(error, Assert.Throws<Win32Exception>(() => TorchFault.InWords<int>(new TorchWork(), () => throw error)));
    }

    [Fact]
    public void InWords_NoError_ReturnsTheResult() => Assert.Equal(5, TorchFault.InWords(new TorchWork(), () => 5));

    private static string Sentence(TorchWork work, string said) => Assert.Throws<ImageClassificationException>(
        () => TorchFault.InWords(work, () => throw new ExternalException(said))).Message;
}
