using System.CommandLine;
using Cli;
using MLNetExtensions;

var root = new RootCommand("Trains image classifiers on folders of images, and scores, evaluates and exports them.")
{
    ModelsCommand.Create(),
    TrainCommand.Create(),
    LearningRateCommand.Create(),
    EvaluateCommand.Create(),
    PredictCommand.Create(),
    ExportCommand.Create(),
    QuantizeCommand.Create(),
    BenchmarkCommand.Create(),
};

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    return Terminal.Refuse(parsed.Errors[0].Message);
}

// Commands run on this thread, the process's first, whose C heap keeps blocks of any size (see FreedMemory).
// Ctrl+C ends the step at hand, however long it takes, and says how to go on; a second one ends the process.
using var interruption = new Interruption();
try
{
    return await parsed.InvokeAsync(
        new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, interruption.Token);
}
catch (OperationCanceledException)
{
    return Terminal.Refuse("Cancelled; nothing was written.", Terminal.Cancelled);
}
catch (Exception e) when (e is ImageClassificationException or ArgumentException or IOException or UnauthorizedAccessException)
{
    return Terminal.Refuse(e.Message);
}
