namespace MLVision.Trainers.Options;

/// <summary>A whole recipe by its purpose; every option that is set by itself overrides the recipe's.</summary>
public enum TrainingPreset
{
    /// <summary>To see soon whether the data is any good: few epochs on one cycle of the rate, light augmentation.</summary>
    Quick,

    /// <summary>For everyday use: a moderate number of epochs, standard augmentation.</summary>
    Balanced,

    /// <summary>For the model that ships: three times the epochs, strong augmentation, averaged weights, clipped gradients.</summary>
    Best,
}
