using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Scoring.Sessions;

namespace MLNetExtensions.Tests.Scoring.Sessions;

/// <summary>Sentences for what ONNX Runtime 1.31 says; the texts are its own, shortened in the middle.</summary>
public sealed class SessionFaultTests
{
    [Theory]
    [InlineData("[ErrorCode:Fail] bfc_arena.cc:359 Failed to allocate memory for requested buffer of size 205520896\n")]
    [InlineData("[ErrorCode:RuntimeException] CUDA failure 2: out of memory ; GPU=0 ; expr=cudaMalloc((void**)&p, size);")]
    [InlineData("[ErrorCode:RuntimeException] std::bad_alloc")]
    public void Of_MemoryIsShort_ProposesHalfTheBatch(string said) =>
        Assert.Equal(
            "cuda:0 lacks memory for a batch of 64: set BatchSize to 32, close other programs that use it, or score on cpu.",
            Sentence(64, ComputeDevice.Cuda(), said));

    [Fact]
    public void Of_MemoryIsShortForOneImage_ProposesNoSmallerBatch() =>
        Assert.Equal(
            "cpu lacks memory for a batch of 1: close other programs that use it.", Sentence(1, ComputeDevice.Cpu, "std::bad_alloc"));

    [Fact]
    public void Of_OtherErrorOnTheCpu_BlamesTheModel() =>
        Assert.Equal(
            "A batch of 2 could not be scored on cpu ([ErrorCode:Fail] Non-zero status code returned while running Conv node): the model " +
            "is damaged.",
            Sentence(2, ComputeDevice.Cpu, "[ErrorCode:Fail] Non-zero status code returned while running Conv node.\n more"));

    [Fact]
    public void Of_OtherErrorOnAGpu_NamesTheDriverToo() =>
        Assert.Equal(
            "A batch of 2 could not be scored on cuda:1 (CUDNN failure 5000): the model is damaged, or the device has a fault: look " +
            "after its driver, or score on cpu.",
            Sentence(2, ComputeDevice.Cuda(1), "CUDNN failure 5000"));

    private static string Sentence(int images, ComputeDevice device, string said)
    {
        var cause = new InvalidOperationException(said);

        var error = SessionFault.Of(images, device, cause);

        Assert.Same(cause, error.InnerException);
        return error.Message;
    }
}
