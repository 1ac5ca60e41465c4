namespace Web.Training;

/// <summary>A training that cannot begin, for a reason that who asked for it can correct.</summary>
/// <param name="status">Status code of the answer.</param>
/// <param name="message">What was expected, what came, and the remedy.</param>
internal sealed class RefusedTrainingException(int status, string message) : Exception(message)
{
    /// <summary>Status code of the answer.</summary>
    public int Status { get; } = status;
}
