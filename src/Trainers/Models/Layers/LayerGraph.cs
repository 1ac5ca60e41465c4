using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models.Layers;

/// <summary>An interpreter that looks into every layer. Here is the one list of the layers that networks are made of.</summary>
/// <remarks>
/// A layer that the list lacks is refused by its type's name, whoever interprets; an interpreter that lacks a kind of layer does not
/// compile. Layers with weights are listed in <see cref="WeightLayers"/>, too.
/// </remarks>
/// <typeparam name="T">A value, as in <see cref="IGraph{T}"/>.</typeparam>
internal abstract class LayerGraph<T> : IGraph<T>
{
    public T Apply(Module<Tensor, Tensor> layer, T x) => layer switch
    {
        Block block => Run(block, x),
        Sequential chain => Run(chain, x),
        Conv2d convolution => Convolution(convolution, x),
        BatchNorm2d norm => BatchNorm(norm, x),
        Linear linear => FullyConnected(linear, x),
        ReLU _ or SiLU _ or Sigmoid _ => Activation(layer, x),
        MaxPool2d pool => MaxPool(pool, x),
        AvgPool2d pool => AveragePool(pool, x),
        AdaptiveAvgPool2d pool => AdaptiveAveragePool(pool, x),
        Flatten flatten => Flatten(flatten, x),
        DropoutLayer dropout => Dropout(dropout, x),
        _ => throw new NotSupportedException(
            $"A network cannot have a layer of type {layer.GetType().Name}: LayerGraph does not list it. Use one of the layers listed "
            + "there, or add this one."),
    };

    public abstract T Add(T a, T b);

    public abstract T Multiply(T a, T b);

    public abstract T Concat(params ReadOnlySpan<T> values);

    public abstract T PadChannels(T x, int before, int after);

    protected virtual T Run(Block block, T x) => block.Flow(this, x);

    protected virtual T Run(Sequential chain, T x) =>
        chain.children().Cast<Module<Tensor, Tensor>>().Aggregate(x, (value, layer) => Apply(layer, value));

    protected abstract T Convolution(Conv2d layer, T x);

    protected abstract T BatchNorm(BatchNorm2d layer, T x);

    protected abstract T FullyConnected(Linear layer, T x);

    /// <summary>A function of each single value.</summary>
    protected abstract T Activation(Module<Tensor, Tensor> layer, T x);

    protected abstract T MaxPool(MaxPool2d layer, T x);

    protected abstract T AveragePool(AvgPool2d layer, T x);

    protected abstract T AdaptiveAveragePool(AdaptiveAvgPool2d layer, T x);

    protected abstract T Flatten(Flatten layer, T x);

    protected abstract T Dropout(DropoutLayer layer, T x);
}
