using System.CommandLine;
using MLVision.Cli.Projects;
using MLVision.MLNetExtensions;

namespace MLVision.Cli.Commands;

/// <summary><c>mlvision new</c>: an app around a model.</summary>
internal static class NewCommand
{
    private static readonly Option<string> Model = new("--model") { Description = "A model.zip or model.onnx.", Required = true };
    private static readonly Option<string> Name = new("--name")
    {
        Description = "What the project is called; files and the class are named for it.",
        Required = true,
    };
    private static readonly Option<string> Out = new("--out") { Description = "The folder to write.", Required = true };
    private static readonly Option<bool> Web = new("--web") { Description = "A web service instead of a console app." };
    private static readonly Option<bool> Browser = new("--browser")
    {
        Description = "A page that scores in the browser, where no photograph leaves the machine.",
    };
    private static readonly Option<bool> Force = new("--force") { Description = "Overwrite files that are there already." };

    public static Command Create()
    {
        var command = new Command("new", "Writes an app around a model: a project as of Model Builder, a web service, or a page.")
        {
            Model, Name, Out, Web, Browser, Force,
        };
        command.SetAction(Task<int> (parsed, cancellationToken) => Task.Run(() => Run(parsed, cancellationToken), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(Web) && parsed.GetValue(Browser))
        {
            throw new ImageClassificationException("--web and --browser are two kinds of app: give one of them.");
        }

        var kind = parsed.GetValue(Web) ? ProjectKind.Web : parsed.GetValue(Browser) ? ProjectKind.Browser : ProjectKind.Console;
        var name = ProjectName.Of(parsed.GetValue(Name)!);
        using var folder = ProjectFolder.Begin(parsed.GetValue(Out)!, parsed.GetValue(Force));
        var model = ProjectModel.Open(parsed.GetValue(Model)!);
        var files = Project.Fill(kind, name, model).ToList();
        folder.ThrowIfThere([.. files.Select(file => file.FileName), Project.ModelFileOf(kind, name)]);
        foreach (var (fileName, content) in files)
        {
            File.WriteAllText(Path.Combine(folder.Draft, fileName), content);
        }

        model.WriteZip(Path.Combine(folder.Draft, Project.ModelFileOf(kind, name)));
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var file in folder.Finish())
        {
            Console.Out.WriteLine(file);
        }

        Console.Error.WriteLine($"Try it: cd '{parsed.GetValue(Out)}' && dotnet run -- photo.jpg");
        return 0;
    }
}
