using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Native;
using MLVision.Trainers.Options;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models;

/// <summary>An architecture of the table <see cref="ImageModels"/>.</summary>
public sealed record ImageModel
{
    private const int LargestMinimum = 256;

    /// <summary>Adds a row to the table.</summary>
    /// <param name="name">The field's name for it, in lower case: <c>resnet50</c>.</param>
    /// <param name="family">The paper it comes from.</param>
    /// <param name="imageSize">Width and height in pixels that the paper gives it.</param>
    /// <param name="classes">Number of classes of the data set that the paper trained it on.</param>
    /// <param name="network">Describes the network for a number of classes, its weights without memory.</param>
    internal ImageModel(string name, ModelFamily family, int imageSize, int classes, Func<int, Block> network) =>
        (Name, Family, ImageSize, Classes, Network) = (name, family, imageSize, classes, network);

    /// <summary>The field's name for it, in lower case: <c>resnet50</c>.</summary>
    public string Name { get; }

    /// <summary>The paper it comes from.</summary>
    public ModelFamily Family { get; }

    /// <summary>Width and height in pixels that the paper gives it.</summary>
    public int ImageSize { get; }

    /// <summary>Number of classes of the data set that the paper trained it on.</summary>
    public int Classes { get; }

    /// <summary>The last layer, which decides between the classes: its key in the state dictionary.</summary>
    public string Head { get; internal init; } = "fc";

    /// <summary>What trains it best.</summary>
    public TrainingOptimizer Optimizer { get; internal init; } = TrainingOptimizer.Sgd;

    /// <summary>Largest learning rate of gradient descent that trains it well from random weights in batches of 32.</summary>
    public double LearningRate { get; internal init; } = 0.05;

    /// <summary>The same of AdamW.</summary>
    public double AdamWLearningRate { get; internal init; } = 2e-3;

    /// <summary>The same network laid out differently, which weights of the same shapes may belong to; null where there is none.</summary>
    /// <remarks>Weights decide for themselves: whichever of the two is asked for, the one that they were trained in is built.</remarks>
    public string? OtherForm { get; internal init; }

    /// <summary>Describes the network for a number of classes, its weights without memory.</summary>
    internal Func<int, Block> Network { get; }

    /// <summary>Describes the network as it is trained, where that has more to it: auxiliary classifiers.</summary>
    internal Func<int, Block>? TrainingNetwork { get; init; }

    /// <summary>Prefixes of weights that only <see cref="TrainingNetwork"/> has.</summary>
    internal IReadOnlyList<string> TrainingOnly { get; init; } = [];

    /// <summary>Gives a weight of somebody's checkpoint its name in our network; a name without translation stays.</summary>
    internal Func<string, string> Rename { get; init; } = name => name;

    /// <summary>Tells by the names in a checkpoint whether it is of this form, not of <see cref="OtherForm"/>.</summary>
    internal Func<IEnumerable<string>, bool> IsOfThisForm { get; init; } = _ => true;

    /// <summary>Builds the network as it scores. Weights are zero until they are drawn or loaded. The caller owns it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two classes.</exception>
    /// <exception cref="TorchRuntimeException">libtorch cannot be loaded.</exception>
    internal Block Build(int classes) => NetworkMemory.Allocate(Describe(Network, classes));

    /// <summary>Builds the network as it trains. Weights are zero until they are drawn or loaded. The caller owns it.</summary>
    /// <inheritdoc cref="Build" path="/exception"/>
    internal Block BuildForTraining(int classes) => NetworkMemory.Allocate(Describe(TrainingNetwork ?? Network, classes));

    /// <summary>The same with rates for a network without batch norm, which diverges at the others'.</summary>
    /// <remarks>Source: Simonyan and Zisserman 2015, §3.1, arXiv:1409.1556.</remarks>
    internal ImageModel WithoutBatchNorm() => this with { LearningRate = 0.01, AdamWLearningRate = 1e-4 };

    /// <summary>Builds the network with random weights, for a training loop of one's own on TorchSharp.</summary>
    /// <remarks>
    /// The network is on the CPU, in float32 and in training mode; it has no auxiliary classifiers. It maps normalised images [N, 3, H, W]
    /// to logits [N, classes]. Dropout draws from torch's global generator. The keys of its state dictionary are those of the published
    /// weights, which are torchvision's for most architectures.
    /// </remarks>
    /// <param name="classes">Number of classes, at least 2; null for <see cref="Classes"/>.</param>
    /// <param name="seed">Decides the weights; they are those that a training with this seed starts from.</param>
    /// <param name="precision">What its convolutions compute with; <c>Auto</c> chooses by the device of the images.</param>
    /// <returns>The network. The caller owns it and disposes of it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two classes.</exception>
    /// <exception cref="TorchRuntimeException">libtorch cannot be loaded.</exception>
    /// <exception cref="ImageClassificationException">Memory is short.</exception>
    public Module<Tensor, Tensor> CreateNetwork(
        int? classes = null, int seed = 1, TrainingPrecision precision = TrainingPrecision.Full)
    {
        return TorchFault.InWords(new TorchWork(), () =>
        {
            var network = Build(classes ?? Classes);
            network.Precision = precision;
            Initialization.HeNormal(network, seed, _ => true);
            return network;
        });
    }

    /// <summary>Whether a weight is one of those that only <see cref="TrainingNetwork"/> has.</summary>
    internal bool IsTrainingOnly(string name) => TrainingOnly.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>The learning rate that goes with an optimizer.</summary>
    internal double LearningRateOf(TrainingOptimizer optimizer) => optimizer == TrainingOptimizer.Sgd ? LearningRate : AdamWLearningRate;

    /// <summary>Counts weights and multiply-adds of one image of <see cref="ImageSize"/>, with <see cref="Classes"/> classes.</summary>
    public ModelCost CountCost()
    {
        using var network = Describe(Network, Classes);
        return new ModelCost(network.parameters().Sum(p => p.numel()), CostGraph.Count(network, ImageSize));
    }

    /// <summary>Throws unless images of this size leave something to classify after all strides and pools.</summary>
    /// <exception cref="OptionOutOfRangeException">The images are too small.</exception>
    internal void RequireImageSize(int imageSize)
    {
        using var network = Describe(TrainingNetwork ?? Network, Classes);
        if (!CostGraph.Accepts(network, imageSize))
        {
            var smallest = Enumerable.Range(imageSize, LargestMinimum).First(size => CostGraph.Accepts(network, size));
            throw new OptionOutOfRangeException(
                nameof(ImageSize), imageSize, $"{Name} needs images of at least {smallest} pixels, but the image size is {imageSize}.");
        }
    }

    /// <summary>Throws unless the network can give what is asked for beside scores.</summary>
    /// <exception cref="OptionOutOfRangeException">It cannot.</exception>
    internal void Require(ModelOutputs outputs)
    {
        if (!outputs.HasFlag(ModelOutputs.Heat))
        {
            return;
        }

        using var network = Describe(Network, Classes);
        if (!FlowOrder.EndsInAverage(network))
        {
            throw new OptionOutOfRangeException(
                "Outputs", outputs,
                $"{Name} cannot give Heat, which needs a network that ends in global average pooling and one linear layer: leave Heat " +
                "out, or take an architecture that ends so, such as resnet18 or efficientnet_b0.");
        }
    }

    private static Block Describe(Func<int, Block> network, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        TorchRuntime.EnsureLoaded();
        return network(classes);
    }
}
