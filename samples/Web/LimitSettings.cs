using MLVision.AspNetCore;

namespace Web;

/// <summary>How much requests may bring.</summary>
internal sealed class LimitSettings
{
    private static readonly ImageClassifierEndpointOptions Usual = new();

    /// <summary>Bytes of the largest image.</summary>
    public long MaxBytes { get; set; } = Usual.MaxBytes;

    /// <summary>Width times height of the largest image.</summary>
    public long MaxPixels { get; set; } = Usual.MaxPixels;

    /// <summary>Images that are read or scored at the same time.</summary>
    public int MaxConcurrentRequests { get; set; } = Usual.MaxConcurrentRequests;

    /// <summary>Images of one address in a second, over time; twice as many may come at once.</summary>
    public int RequestsPerSecond { get; set; } = 100;
}
