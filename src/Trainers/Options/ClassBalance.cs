namespace MLVision.Trainers.Options;

/// <summary>How to treat classes with far more images than others.</summary>
public enum ClassBalance
{
    /// <summary>Nothing: every image counts the same, once an epoch.</summary>
    None,

    /// <summary>Images of rarer classes have a larger weight in the loss; the mean weight over all images is 1.</summary>
    WeightedLoss,

    /// <summary>
    /// An epoch shows every class equally often: images of rare classes several times, and not every image of common ones.
    /// </summary>
    BalancedSampling,
}
