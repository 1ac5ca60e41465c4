namespace MLVision.Trainers.Training.Results;

/// <summary>What a training is doing.</summary>
public enum TrainingPhase
{
    /// <summary>Trains the whole network.</summary>
    Whole,

    /// <summary>Runs every image through the frozen backbone, once.</summary>
    Features,

    /// <summary>Trains the last layer on the backbone's features.</summary>
    Head,

    /// <summary>Trains the last layer and the backbone's last blocks, or all of it, at a low rate.</summary>
    FineTuning,
}
