using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models.Layers;

/// <summary>The operations of a block on values; each interpreter implements them in its own way.</summary>
/// <remarks>
/// <see cref="EagerGraph"/> computes tensors, the ONNX exporter writes nodes, <see cref="CostGraph"/> counts. All of them run the same
/// description, so they always agree.
/// </remarks>
/// <typeparam name="T">A value: one tensor of a batch, [N, C, H, W] or [N, features].</typeparam>
internal interface IGraph<T>
{
    /// <summary>Runs a layer or a block. A ReLU may overwrite its input: whoever applies one uses its input nowhere else.</summary>
    T Apply(Module<Tensor, Tensor> layer, T x);

    /// <summary>
    /// Adds two values of equal shape. <paramref name="a"/> may be overwritten: it was made by this flow and is used nowhere else.
    /// </summary>
    T Add(T a, T b);

    /// <summary>Multiplies element by element; <paramref name="b"/> may be [N, C, 1, 1].</summary>
    T Multiply(T a, T b);

    /// <summary>Joins values along the channels.</summary>
    T Concat(params ReadOnlySpan<T> values);

    /// <summary>Adds channels of zeros in front of and behind the given ones.</summary>
    T PadChannels(T x, int before, int after);
}
