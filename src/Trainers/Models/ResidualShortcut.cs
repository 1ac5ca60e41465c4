namespace MLVision.Trainers.Models;

/// <summary>What carries the input past a residual block whose output has another shape.</summary>
/// <remarks>Source: He et al. 2016, §3.3 and §4.1, arXiv:1512.03385.</remarks>
public enum ResidualShortcut
{
    /// <summary>Option A: every second pixel, new channels filled with zeros; no weights.</summary>
    ZeroPadding,

    /// <summary>Option B: a 1×1 convolution with batch norm.</summary>
    Projection,
}
