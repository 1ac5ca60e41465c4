using MLVision.Trainers.Options;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models.Layers;

/// <summary>A module made of layers, whose data flow is written once and read by every <see cref="IGraph{T}"/>.</summary>
/// <param name="name">Name of the module, for messages.</param>
internal abstract class Block(string name) : Module<Tensor, Tensor>(name)
{
    /// <summary>What <see cref="forward"/> computes with.</summary>
    internal TrainingPrecision Precision { get; set; } = TrainingPrecision.Full;

    /// <summary>The data flow from input to output.</summary>
    /// <typeparam name="T">The interpreter's values.</typeparam>
    public abstract T Flow<T>(IGraph<T> graph, T x);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // TorchSharp's convolutions release their weights but leave their biases to the finalizer.
        foreach (var convolution in disposing ? modules().OfType<Conv2d>() : [])
        {
            convolution.bias = null;
        }

        base.Dispose(disposing);
    }

    /// <summary>Runs the flow on tensors. Intermediate tensors are released; the caller owns the result.</summary>
    public sealed override Tensor forward(Tensor input) => Run(EagerGraph.For(Precision, input.device).Graph, input);

    /// <summary>Runs the flow on tensors as an interpreter does. Intermediate tensors are released; the caller owns the result.</summary>
    internal Tensor Run(IGraph<Tensor> graph, Tensor input)
    {
        using var scope = NewDisposeScope();
        return Flow(graph, input).MoveToOuterDisposeScope();
    }
}
