namespace MLVision.AspNetCore;

/// <summary>A request that cannot be answered with a label, for a reason that its sender can correct.</summary>
/// <param name="status">Status code of the answer.</param>
/// <param name="detail">What was expected, what came, and the remedy.</param>
internal sealed class RefusedRequestException(int status, string detail) : Exception(detail)
{
    /// <summary>Status code of the answer.</summary>
    public int Status { get; } = status;
}
