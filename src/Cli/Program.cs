using System.CommandLine;
using Cli;
using MLNetExtensions;

var root = new RootCommand("Trains image classifiers on folders of images, and scores, evaluates and exports them.")
{
    ModelsCommand.Create(),
    TrainCommand.Create(),
    EvaluateCommand.Create(),
    PredictCommand.Create(),
    ExportCommand.Create(),
};

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    return Terminal.Refuse(parsed.Errors[0].Message);
}

try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (OperationCanceledException)
{
    return Terminal.Refuse("Cancelled; nothing was written.", Terminal.Cancelled);
}
catch (Exception e) when (e is ImageClassificationException or ArgumentException or IOException or UnauthorizedAccessException)
{
    return Terminal.Refuse(e.Message);
}
