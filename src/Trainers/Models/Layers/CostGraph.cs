using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models.Layers;

/// <summary>Counts the multiply-adds of one image's forward pass: convolutions and linear layers, as papers count them.</summary>
internal sealed class CostGraph : IGraph<long[]>
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

    public long[] Apply(Module<Tensor, Tensor> layer, long[] x) => layer switch
    {
        Block block => block.Flow(this, x),
        Sequential chain => chain.children().Cast<Module<Tensor, Tensor>>().Aggregate(x, (value, child) => Apply(child, value)),
        Conv2d conv => Convolve(conv, x),
        Linear linear => Multiply(linear, x),
        MaxPool2d pool => Window(x, pool.kernel_size, pool.stride ?? pool.kernel_size, pool.padding, pool.ceil_mode),
        AvgPool2d pool => Window(x, pool.kernel_size, pool.stride ?? pool.kernel_size, pool.padding, pool.ceil_mode),
        AdaptiveAvgPool2d pool => [x[0], pool.output_size[0], pool.output_size[^1]],
        Flatten _ => [x.Aggregate(1L, (a, b) => a * b)],
        BatchNorm2d _ or ReLU _ or SiLU _ or Sigmoid _ or DropoutLayer _ => x,
        _ => throw new NotSupportedException($"The cost of a layer of type {layer.GetType().Name} is not known."),
    };

    public long[] Add(long[] a, long[] b) => a;

    public long[] Multiply(long[] a, long[] b) => a;

    public long[] Concat(params ReadOnlySpan<long[]> values)
    {
        var channels = 0L;
        foreach (var value in values)
        {
            channels += value[0];
        }

        return [channels, .. values[0][1..]];
    }

    public long[] PadChannels(long[] x, int before, int after) => [x[0] + before + after, .. x[1..]];

    private long[] Convolve(Conv2d conv, long[] x)
    {
        var (kernel, stride, padding, dilation) = (conv.kernel_size, conv.stride, conv.padding!, conv.dilation);
        var shape = Seen(
        [
            conv.out_channels,
            WindowShape.Output(x[1], kernel[0], stride[0], padding[0], dilation[0]),
            WindowShape.Output(x[2], kernel[1], stride[1], padding[1], dilation[1]),
        ]);
        MultiplyAdds += conv.in_channels / conv.groups * kernel[0] * kernel[1] * shape[0] * shape[1] * shape[2];
        return shape;
    }

    private long[] Multiply(Linear linear, long[] x)
    {
        MultiplyAdds += linear.in_features * linear.out_features;
        return [.. x[..^1], linear.out_features];
    }

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
