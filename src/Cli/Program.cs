using System.CommandLine;
using MLVision.Cli;
using MLVision.Cli.Completion;
using MLVision.Cli.Options;
using MLVision.Cli.Output;
using MLVision.Cli.Runs;
using MLVision.MLNetExtensions;

var verbs = Verbs.Create();
ParseResult parsed;
try
{
    parsed = ConfigurationFile.Parse(verbs, args);
    LoudnessOptions.Apply(parsed);
}
catch (ImageClassificationException e)
{
    return Terminal.Refuse(e.Message);
}

if (!Words.AreAskedFor(parsed) && ParseMistake.Sentence(parsed) is { } mistake)
{
    return Terminal.Refuse(mistake);
}

// Commands run on this thread, the process's first, whose C heap keeps blocks of any size (see FreedMemory).
// Ctrl+C ends the step at hand, however long it takes, and says how to go on; a second one ends the process.
using var interruption = new Interruption(trains: parsed.CommandResult.Command.Name is "train" or "lr-find");
try
{
    return await parsed.InvokeAsync(
        new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, interruption.Token);
}
catch (Exception e)
{
    return Failure.Report(parsed, e);
}
