using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models.Layers;

/// <summary>Counts the multiply-adds of one image's forward pass: convolutions and linear layers, as papers count them.</summary>
internal sealed class CostGraph : LayerGraph<long[]>
{
    private long _smallest = long.MaxValue;

    /// <summary>Multiply-adds so far.</summary>
    public long MultiplyAdds { get; private set; }

    /// <summary>Counts a network's multiply-adds for one image [3, <paramref name="imageSize"/>, <paramref name="imageSize"/>].</summary>
    public static long Count(Module<Tensor, Tensor> network, int imageSize)
    {
        var graph = new CostGraph();
        graph.Apply(network, [3, imageSize, imageSize]);
        return graph.MultiplyAdds;
    }

    /// <summary>Whether images of this size leave at least one value per channel after every stride and pool.</summary>
    public static bool Accepts(Module<Tensor, Tensor> network, int imageSize)
    {
        var graph = new CostGraph();
        graph.Apply(network, [3, imageSize, imageSize]);
        return graph._smallest > 0;
    }

    public override long[] Add(long[] a, long[] b) => a;

    public override long[] Multiply(long[] a, long[] b) => a;

    public override long[] Concat(params ReadOnlySpan<long[]> values)
    {
        var channels = 0L;
        foreach (var value in values)
        {
            channels += value[0];
        }

        return [channels, .. values[0][1..]];
    }

    public override long[] PadChannels(long[] x, int before, int after) => [x[0] + before + after, .. x[1..]];

    protected override long[] Convolution(Conv2d layer, long[] x)
    {
        var (kernel, stride, padding, dilation) = (layer.kernel_size, layer.stride, layer.padding!, layer.dilation);
        var shape = Seen(
        [
            layer.out_channels,
            WindowShape.Output(x[1], kernel[0], stride[0], padding[0], dilation[0]),
            WindowShape.Output(x[2], kernel[1], stride[1], padding[1], dilation[1]),
        ]);
        MultiplyAdds += layer.in_channels / layer.groups * kernel[0] * kernel[1] * shape[0] * shape[1] * shape[2];
        return shape;
    }

    protected override long[] FullyConnected(Linear layer, long[] x)
    {
        MultiplyAdds += layer.in_features * layer.out_features;
        return [.. x[..^1], layer.out_features];
    }

    protected override long[] BatchNorm(BatchNorm2d layer, long[] x) => x;

    protected override long[] Activation(Module<Tensor, Tensor> layer, long[] x) => x;

    protected override long[] MaxPool(MaxPool2d layer, long[] x) =>
        Window(x, layer.kernel_size, layer.stride ?? layer.kernel_size, layer.padding, layer.ceil_mode);

    protected override long[] AveragePool(AvgPool2d layer, long[] x) =>
        Window(x, layer.kernel_size, layer.stride ?? layer.kernel_size, layer.padding, layer.ceil_mode);

    protected override long[] AdaptiveAveragePool(AdaptiveAvgPool2d layer, long[] x) =>
        [x[0], layer.output_size[0], layer.output_size[^1]];

    protected override long[] Flatten(Flatten layer, long[] x) => [x.Aggregate(1L, (a, b) => a * b)];

    protected override long[] Dropout(DropoutLayer layer, long[] x) => x;

    private long[] Window(long[] x, long[] kernel, long[] stride, long[]? padding, bool ceil)
    {
        var (k, s, p) = (WindowShape.Pair(kernel), WindowShape.Pair(stride), WindowShape.Pair(padding));
        var height = WindowShape.Output(x[1], k.Height, s.Height, p.Height, ceil: ceil);
        var width = WindowShape.Output(x[2], k.Width, s.Width, p.Width, ceil: ceil);
        return Seen([x[0], height, width]);
    }

    private long[] Seen(long[] shape)
    {
        _smallest = Math.Min(_smallest, shape.Min());
        return shape;
    }
}
