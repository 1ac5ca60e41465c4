namespace MLVision.Trainers.Options;

/// <summary>A complete recipe by its purpose; an option that is set replaces the recipe's value.</summary>
public enum TrainingPreset
{
    /// <summary>To see quickly whether the data is good: few epochs with one cycle of the rate, light augmentation.</summary>
    Quick,

    /// <summary>For everyday use: a moderate number of epochs, standard augmentation.</summary>
    Balanced,

    /// <summary>For the final model: three times the epochs, strong augmentation, averaged weights, clipped gradients.</summary>
    Best,
}
