using Trainers.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Models;

/// <summary>An architecture of the table <see cref="ImageModels"/>.</summary>
/// <param name="Name">The field's name for it, in lower case: <c>resnet50</c>.</param>
/// <param name="Family">The family it belongs to: <c>ResNet</c>.</param>
/// <param name="ImageSize">Width and height in pixels that the paper gives it.</param>
/// <param name="Classes">Number of classes of the data set that the paper trained it on.</param>
/// <param name="Network">The network's constructor, given the number of classes.</param>
public sealed record ImageModel(string Name, string Family, int ImageSize, int Classes, Func<int, Module<Tensor, Tensor>> Network)
{
    /// <summary>Builds the network, weights not yet drawn. The caller owns it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two classes.</exception>
    /// <exception cref="TorchRuntimeException">libtorch cannot be loaded.</exception>
    public Module<Tensor, Tensor> Build(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        TorchRuntime.EnsureLoaded();
        return Initialization.KeepGlobalGenerator(() => Network(classes));
    }

    /// <summary>Number of trainable weights with <see cref="Classes"/> classes.</summary>
    public long CountParameters()
    {
        using var network = Build(Classes);
        return network.parameters().Sum(p => p.numel());
    }

    /// <summary>Multiply-adds to score one image of <see cref="ImageSize"/> with <see cref="Classes"/> classes.</summary>
    public long CountMultiplyAdds()
    {
        using var network = Build(Classes);
        return CostGraph.Count(network, ImageSize);
    }
}
