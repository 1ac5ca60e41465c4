using System.CommandLine;
using System.Diagnostics;
using MLVision.Cli.Options;
using MLVision.Cli.Output;
using MLVision.Cli.Output.Findings;
using MLVision.Cli.Output.Live;
using MLVision.MLNetExtensions.Doctor;
using MLVision.Reports;
using MLVision.Reports.Contents;
using MLVision.Trainers.Weights.Files.Tensors;
using MLVision.Trainers.Weights.Published;

namespace MLVision.Cli.Commands;

/// <summary><c>mlvision doctor</c>: looks for wrong labels, duplicates, leaks and odd images.</summary>
internal static class DoctorCommand
{
    private const string FindingsName = "findings.csv";
    private const string PageName = "doctor.html";

    private static readonly Option<string> Data = new("--data")
    {
        HelpName = "folder|file",
        Description = "Folder with one sub-folder of images per class, or with such folders for training, validation and test; or a "
            + "manifest.",
        Required = true,
    };
    private static readonly Option<string> Out = new("--out")
    {
        HelpName = "folder",
        Description = "Folder for doctor.html and findings.csv.",
        Required = true,
    };
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON." };

    public static Command Create()
    {
        var command = new Command("doctor", "Looks for wrong labels, duplicates, leaks between parts, and odd images.") { Data, Out, Json };
        command.SetAction(Task<int> (parsed, cancellationToken) => Task.Run(() => Run(parsed, cancellationToken), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (data, output, watch) = (parsed.GetValue(Data)!, parsed.GetValue(Out)!, Stopwatch.StartNew());
        OutputPlace.ThrowIfAmongImages(output, data);
        var images = DoctorFolder.Read(data, new NotesLogger());
        OutputFolder.Create(output);
        var diagnosis = Examine(images, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        var (findings, page) = (Path.Combine(output, FindingsName), Path.Combine(output, PageName));
        string[] names = [OutputPlace.NameOf(findings), OutputPlace.NameOf(page)];
        FindingsFile.Write(findings, diagnosis.Findings);
        ReportWriter.Write(page, new DoctorReport
        {
            Diagnosis = diagnosis,
            Title = new DirectoryInfo(data).Name,
            Folder = Path.GetFullPath(LabeledData.FolderOf(data)),
            Elapsed = watch.Elapsed,
        });
        if (parsed.GetValue(Json))
        {
            Terminal.WriteJson(FindingsDocument.Of(diagnosis, watch.Elapsed));
            Array.ForEach(names, Notes.Write);
        }
        else
        {
            FindingsTable.Write(Terminal.Output, diagnosis, LabeledData.FolderOf(data));
            Array.ForEach(names, Terminal.Print);
        }

        return 0;
    }

    private static Diagnosis Examine(IReadOnlyList<DoctorImage> images, CancellationToken cancellationToken)
    {
        using var features = OpenFeatures();
        using var bar = new CountingBar(Terminal.Notes, "reading images", images.Count);
        return DataDoctor.Examine(images, new DoctorOptions { Features = features, Progress = bar }, cancellationToken);
    }

    /// <summary>The features' network, or null where its file is not there: then what needs none is still examined.</summary>
    private static PublishedFeatures? OpenFeatures()
    {
        try
        {
            return PublishedFeatures.Open();
        }
        catch (WeightsFileException e)
        {
            Terminal.Say(e.Message);
            return null;
        }
    }
}
