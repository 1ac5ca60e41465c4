using System.CommandLine;
using MLVision.Cli.Output;
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
    private static readonly Option<string?> Runtime = new("--onnxruntime-web")
    {
        Description = $"With --browser: the file {OnnxRuntimeWeb.PackageFile} of npm, instead of fetching it.",
    };
    private static readonly Option<bool> Force = new("--force") { Description = "Overwrite files that are there already." };

    public static Command Create()
    {
        var command = new Command("new", "Writes an app around a model: a project as of Model Builder, a web service, or a page.")
        {
            Model, Name, Out, Web, Browser, Runtime, Force,
        };
        command.SetAction((parsed, cancellationToken) => Task.Run(() => RunAsync(parsed, cancellationToken), CancellationToken.None));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var kind = KindOf(parsed);
        var name = ProjectName.Of(parsed.GetValue(Name)!);
        using var folder = ProjectFolder.Begin(parsed.GetValue(Out)!, parsed.GetValue(Force));
        var model = ProjectModel.Open(parsed.GetValue(Model)!);
        var files = Project.Fill(kind, name, model).ToList();
        var modelFile = Project.ModelFileOf(kind, name);
        folder.ThrowIfThere([.. files.Select(file => file.FileName), modelFile]);
        foreach (var (fileName, content) in files)
        {
            folder.Write(fileName, content);
        }

        if (kind == ProjectKind.Browser)
        {
            model.WriteOnnx(folder.DraftOf(modelFile));
            var package = await OnnxRuntimeWeb.FindAsync(parsed.GetValue(Runtime), Notes.Write, cancellationToken);
            OnnxRuntimeWeb.Extract(package, folder.DraftOf("onnxruntime"));
        }
        else
        {
            model.WriteZip(folder.DraftOf(modelFile));
        }

        cancellationToken.ThrowIfCancellationRequested();
        foreach (var file in folder.Finish())
        {
            Terminal.Print(file);
        }

        Notes.Write(NextStep(kind, parsed.GetValue(Out)!));
        return 0;
    }

    private static string NextStep(ProjectKind kind, string folder) => kind switch
    {
        ProjectKind.Browser => $"Serve it: python3 -m http.server --directory '{folder}', or any other server of files.",
        ProjectKind.Web => $"Run it: dotnet run --project '{folder}'; then: curl -F image=@photo.jpg URL/predict",
        _ => $"Run it: dotnet run --project '{folder}' -- photo.jpg",
    };

    private static ProjectKind KindOf(ParseResult parsed)
    {
        var (web, browser) = (parsed.GetValue(Web), parsed.GetValue(Browser));
        if (web && browser)
        {
            throw new ImageClassificationException("--web and --browser are two kinds of app: give one of them.");
        }

        return parsed.GetValue(Runtime) is null || browser
            ? web ? ProjectKind.Web : browser ? ProjectKind.Browser : ProjectKind.Console
            : throw new ImageClassificationException("--onnxruntime-web is for pages: give --browser with it, or leave it out.");
    }
}
