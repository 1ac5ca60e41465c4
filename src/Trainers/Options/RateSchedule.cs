namespace MLVision.Trainers.Options;

/// <summary>How the learning rate changes from step to step.</summary>
public enum RateSchedule
{
    /// <summary>Rises in a straight line, then falls along half a cosine to zero.</summary>
    /// <remarks>Source: Loshchilov and Hutter 2017, arXiv:1608.03983; warm-up: Goyal et al. 2017, §2.2, arXiv:1706.02677.</remarks>
    Cosine,

    /// <summary>
    /// Rises and falls along cosines, from a 25th of the rate and to a 250,000th of it, while the momentum falls and rises.
    /// </summary>
    /// <remarks>Source: Smith and Topin 2018, arXiv:1708.07120, in the form of PyTorch's OneCycleLR.</remarks>
    OneCycle,

    /// <summary>
    /// Rises in a straight line, then stays, and falls to a tenth after half of the training and again after three quarters.
    /// </summary>
    /// <remarks>Source: He et al. 2016, §4.2, arXiv:1512.03385.</remarks>
    Step,
}
