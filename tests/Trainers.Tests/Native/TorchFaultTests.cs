using System.ComponentModel;
using System.Runtime.InteropServices;
using MLVision.MLNetExtensions;
using MLVision.Trainers.Native;
using static TorchSharp.torch;

namespace Trainers.Tests.Native;

public sealed class TorchFaultTests
{
    /// <summary>More bytes than any machine can address.</summary>
    [Fact]
    public void InWords_MoreMemoryThanThereIs_IsASentence()
    {
        var error = Assert.Throws<ImageClassificationException>(() => TorchFault.InWords("the CPU", () => empty(1L << 60)));

        Assert.StartsWith("libtorch gave up on the CPU (", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Where it lacks memory, smaller batches and smaller images need less.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.IsType<ExternalException>(error.InnerException);
    }

    [Fact]
    public void InWords_ErrorOfTheSystem_PassesThrough()
    {
        var error = new Win32Exception(2);

        Assert.Same(error, Assert.Throws<Win32Exception>(() => TorchFault.InWords<int>("the CPU", () => throw error)));
    }

    [Fact]
    public void InWords_NoError_ReturnsTheResult() => Assert.Equal(5, TorchFault.InWords("the CPU", () => 5));
}
