namespace Web.Models;

/// <summary>The log lines of models.</summary>
internal static partial class ShelfLog
{
    [LoggerMessage(
        LogLevel.Warning,
        "There is no model yet. Start with --model FILE, run samples/Quickstart once, or train one on the page /training.")]
    public static partial void NoModel(ILogger logger);

    [LoggerMessage(LogLevel.Information, "The model {path} answers: {classes} classes.")]
    public static partial void First(ILogger logger, string path, int classes);
}
