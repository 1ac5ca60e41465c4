namespace MLVision.Trainers.Options;

/// <summary>What is trained of a network that starts from weights.</summary>
public enum FineTuning
{
    /// <summary>Everything, at once.</summary>
    None,

    /// <summary>The last layer alone, on features that the rest finds once.</summary>
    HeadOnly,

    /// <summary>The last layer first, then the last blocks or all of them at a low rate, batch norm as it was.</summary>
    TwoPhase,
}
