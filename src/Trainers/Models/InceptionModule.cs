namespace MLVision.Trainers.Models;

/// <summary>The form of GoogLeNet's inception modules.</summary>
public enum InceptionModule
{
    /// <summary>torchvision's: a 3×3 convolution where the paper has a 5×5. The published weights need it.</summary>
    Torchvision,

    /// <summary>The paper's: 1×1, 3×3 and 5×5 convolutions and a pool, with 1×1 reductions (figure 2b).</summary>
    Paper,

    /// <summary>The paper's first idea: no 1×1 reductions, and the pool passes all channels on (figure 2a).</summary>
    Naive,
}
