using System.CommandLine;
using System.Runtime.InteropServices;
using Cli;
using MLNetExtensions;

var root = new RootCommand("Trains image classifiers on folders of images, and scores, evaluates and exports them.")
{
    ModelsCommand.Create(),
    TrainCommand.Create(),
    EvaluateCommand.Create(),
    PredictCommand.Create(),
    ExportCommand.Create(),
    BenchmarkCommand.Create(),
};

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    return Terminal.Refuse(parsed.Errors[0].Message);
}

// Commands run on this thread, the process's first, whose C heap keeps blocks of any size (see FreedMemory); so Ctrl+C is handled here.
using var cancellation = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
try
{
    return await parsed.InvokeAsync(
        new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, cancellation.Token);
}
catch (OperationCanceledException)
{
    return Terminal.Refuse("Cancelled; nothing was written.", Terminal.Cancelled);
}
catch (Exception e) when (e is ImageClassificationException or ArgumentException or IOException or UnauthorizedAccessException)
{
    return Terminal.Refuse(e.Message);
}

void Cancel(PosixSignalContext signal)
{
    signal.Cancel = true;
    cancellation.Cancel();
}
