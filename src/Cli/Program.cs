using System.CommandLine;
using MLVision.Cli;
using MLVision.Cli.Output;
using MLVision.MLNetExtensions;

var parsed = Verbs.Create().Parse(args);
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
catch (ArgumentOutOfRangeException e)
{
    return Terminal.Refuse(RangeRefusal.Sentence(parsed, e));
}
catch (Exception e) when (e is ImageClassificationException or ArgumentException or IOException or UnauthorizedAccessException)
{
    return Terminal.Refuse(e.Message);
}
