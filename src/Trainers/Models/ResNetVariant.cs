namespace MLVision.Trainers.Models;

/// <summary>What a residual network's bottlenecks are like inside.</summary>
public enum ResNetVariant
{
    /// <summary>ResNet's: one group, as wide as the stage.</summary>
    Standard,

    /// <summary>ResNeXt's: 32 groups, of 4 channels at depth 50 and of 8 at depth 101.</summary>
    ResNeXt,

    /// <summary>Wide ResNet's: one group, twice as wide.</summary>
    Wide,
}
