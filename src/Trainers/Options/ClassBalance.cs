namespace MLVision.Trainers.Options;

/// <summary>What is done about classes of which there are far more images than of others.</summary>
public enum ClassBalance
{
    /// <summary>Nothing: every image counts the same, once an epoch.</summary>
    None,

    /// <summary>An image's loss counts the more, the rarer its class; over all images the weights are 1 on average.</summary>
    WeightedLoss,

    /// <summary>
    /// An epoch shows every class equally often: images of rare classes several times, and not every image of common ones.
    /// </summary>
    BalancedSampling,
}
