namespace MLVision.Trainers.Options;

/// <summary>Which part of a pretrained network is trained.</summary>
public enum FineTuning
{
    /// <summary>Everything, at once.</summary>
    None,

    /// <summary>Only the last layer, on features that the rest computes once.</summary>
    HeadOnly,

    /// <summary>First the last layer, then the last blocks or all of them at a low rate; batch norm is not changed.</summary>
    TwoPhase,
}
