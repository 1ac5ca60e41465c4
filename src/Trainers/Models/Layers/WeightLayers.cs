using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models.Layers;

/// <summary>Goes through a network's weights, layer by layer. Here is the one list of the layers with weights.</summary>
internal abstract class WeightLayers
{
    /// <summary>Visits the layers in the order of the state dictionary.</summary>
    /// <param name="network">The network.</param>
    /// <param name="isVisited">Tells by its name whether a layer is visited.</param>
    /// <exception cref="NotSupportedException">A layer with weights is of a type that is not listed here.</exception>
    protected void Visit(Module network, Func<string, bool> isVisited)
    {
        // named_modules() lists what is inside only.
        foreach (var (name, layer) in network.named_modules().Prepend(("", network)).Where(entry => isVisited(entry.Item1)))
        {
            switch (layer)
            {
                case Conv2d convolution:
                    Convolution(convolution);
                    break;
                case BatchNorm2d norm:
                    BatchNorm(norm);
                    break;
                case Linear linear:
                    FullyConnected(linear);
                    break;
                default:
                    RequireNoWeights(name, layer);
                    break;
            }
        }
    }

    protected abstract void Convolution(Conv2d layer);

    protected abstract void BatchNorm(BatchNorm2d layer);

    protected abstract void FullyConnected(Linear layer);

    private static void RequireNoWeights(string name, Module layer)
    {
        var weights = layer.named_parameters(recurse: false).Select(weight => weight.name)
            .Concat(layer.named_buffers(recurse: false).Select(buffer => buffer.name));
        if (weights.FirstOrDefault() is { } weight)
        {
            throw new NotSupportedException(
                $"The weight '{(name.Length > 0 ? $"{name}.{weight}" : weight)}' is of a layer of type {layer.GetType().Name}, which "
                + "WeightLayers does not list. Use a convolution, a batch norm or a linear layer, or add this one there.");
        }
    }
}
