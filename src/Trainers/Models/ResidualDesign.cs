using MLVision.Trainers.Models.Layers;

namespace MLVision.Trainers.Models;

/// <summary>What the blocks of a residual network are.</summary>
public sealed record ResidualDesign
{
    /// <summary>Whether a block has three convolutions (bottleneck: 1×1, 3×3, 1×1) instead of two 3×3 ones.</summary>
    public bool IsBottleneck { get; init; }

    /// <summary>Groups of a bottleneck's 3×3 convolution, ResNeXt's cardinality; 1 or more.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Channels of each of those groups in the first stage: 64 is ResNet's, 128 makes a Wide ResNet.</summary>
    public int WidthPerGroup { get; init; } = 64;

    /// <summary>Whether squeeze-and-excitation ends each block's own path.</summary>
    public bool SqueezeExcitation { get; init; }

    /// <summary>What carries the input past basic blocks that narrow the image; bottlenecks have projections.</summary>
    public ResidualShortcut Shortcut { get; init; } = ResidualShortcut.Projection;

    /// <summary>
    /// Whether the network is laid out as the first authors' Caffe networks were: the first 1×1 convolution of an ungrouped
    /// bottleneck has the stride, and the stem's pool rounds its size up instead of padding.
    /// </summary>
    public bool IsCaffeForm { get; init; }

    /// <summary>Factor from a stage's planes to its output's channels.</summary>
    internal int Expansion => IsBottleneck ? Bottleneck.Expansion : 1;

    internal Block Block(int input, int planes, int stride) =>
        IsBottleneck ? new Bottleneck(input, planes, stride, this) : new BasicBlock(input, planes, stride, this);
}
