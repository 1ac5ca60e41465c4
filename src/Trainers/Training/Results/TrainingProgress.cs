namespace MLVision.Trainers.Training.Results;

/// <summary>The progress of a training, reported after every step; on a GPU after every eighth, and after an epoch's last.</summary>
/// <param name="Epoch">The current epoch, from 1.</param>
/// <param name="Epochs">Number of epochs.</param>
/// <param name="Step">Steps done in this epoch.</param>
/// <param name="Steps">Steps per epoch.</param>
/// <param name="Loss">Mean training loss of this epoch so far.</param>
/// <param name="ImagesPerSecond">Training images per second in this epoch so far.</param>
/// <param name="Phase">What the training is doing; each phase counts its epochs from 1.</param>
public sealed record TrainingProgress(int Epoch, int Epochs, int Step, int Steps, double Loss, double ImagesPerSecond, TrainingPhase Phase)
{
    /// <summary>Epochs of the network, on images, that follow this phase; 0 in the last phase.</summary>
    public int LaterEpochs { get; init; }
}
