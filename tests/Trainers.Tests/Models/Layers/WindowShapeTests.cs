using MLVision.Trainers.Models.Layers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Tests.Models.Layers;

public class WindowShapeTests
{
    private static readonly bool[] Choices = [false, true];

    [Fact]
    public void Output_EveryPool_IsTheSizeThatTorchGives()
    {
        using var scope = NewDisposeScope();
        var pools =
            from size in Enumerable.Range(4, 9)
            from kernel in Enumerable.Range(1, 3)
            from stride in Enumerable.Range(1, 3)
            from padding in Enumerable.Range(0, (kernel / 2) + 1)
            from ceil in Choices
            select (size, kernel, stride, padding, ceil);

        Assert.All(pools, p =>
        {
            var pooled = functional.max_pool2d(zeros(1, 1, p.size, p.size), p.kernel, p.stride, p.padding, ceil_mode: p.ceil);

            Assert.Equal(pooled.shape[^1], WindowShape.Output(p.size, p.kernel, p.stride, p.padding, ceil: p.ceil));
        });
    }

    [Fact]
    public void Output_DilatedConvolution_IsTheSizeThatTorchGives()
    {
        using var scope = NewDisposeScope();

        var convolved = functional.conv2d(zeros(1, 1, 11, 11), zeros(1, 1, 3, 3), strides: [2, 2], padding: [1, 1], dilation: [2, 2]);

        Assert.Equal(convolved.shape[^1], WindowShape.Output(11, kernel: 3, stride: 2, padding: 1, dilation: 2));
    }
}
