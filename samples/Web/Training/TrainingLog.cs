namespace Web.Training;

/// <summary>The log lines of trainings.</summary>
internal static partial class TrainingLog
{
    [LoggerMessage(LogLevel.Error, "A training failed by a fault of the program.")]
    public static partial void Fault(ILogger logger, Exception fault);
}
