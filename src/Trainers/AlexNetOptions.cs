using MLVision.Trainers.Options;

namespace MLVision.Trainers;

/// <summary>Options of <c>Trainers.AlexNet</c>.</summary>
public sealed record AlexNetOptions : ImageTrainingOptions
{
    /// <summary>Name in the table of architectures.</summary>
    internal override string Architecture => "alexnet";
}
