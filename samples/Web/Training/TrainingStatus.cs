namespace Web.Training;

/// <summary>How far the last training is.</summary>
public enum TrainingStatus
{
    /// <summary>None has begun since the program started.</summary>
    None,

    /// <summary>One is running.</summary>
    Running,

    /// <summary>It ended with a model.</summary>
    Completed,

    /// <summary>Somebody cancelled it.</summary>
    Cancelled,

    /// <summary>It ended without a model; <see cref="TrainingState.Message"/> says why.</summary>
    Failed,
}
