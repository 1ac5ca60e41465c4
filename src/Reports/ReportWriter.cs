using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Files;
using MLVision.Reports.Contents;
using MLVision.Reports.Doctor;
using MLVision.Reports.Pages;

namespace MLVision.Reports;

/// <summary>Writes reports on models as pages that need nothing but themselves: no network, no scripts, no fonts.</summary>
public static class ReportWriter
{
    private const string Ending = ".html";

    /// <summary>Checks that a report can be written, before the slow work that it is about; makes its folder if it is missing.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ImageClassificationException">Its name has the ending of another format.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void ThrowUnlessWritable(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        OutputFile.ThrowUnlessWritable(path, Ending);
    }

    /// <summary>Writes a report. An existing file is replaced when the new one is complete.</summary>
    /// <remarks>
    /// The page is below 3 MB whatever the data: of many classes, images and epochs it shows some, and says so. Pictures of images that
    /// were classified wrongly are read from their files; one that is gone is left out.
    /// </remarks>
    /// <param name="path">The file; its folder is made if it is missing.</param>
    /// <param name="report">What it says.</param>
    /// <exception cref="ImageClassificationException">Its name has the ending of another format.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <example>
    /// <code>
    /// using var classifier = ImageClassifier.Load("model.zip");
    /// var evaluation = classifier.Evaluate(ImageFolder.Read("test"));
    /// ReportWriter.Write("report.html", new ModelReport { Title = "Flowers", Model = classifier.Metadata, Evaluation = evaluation });
    /// </code>
    /// </example>
    public static void Write(string path, ModelReport report)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(report);
        OutputFile.ThrowUnlessNamed(path, Ending);
        WritePage<ReportPage>(path, new() { [nameof(ReportPage.Report)] = report });
    }

    /// <summary>Writes a page about a data set to leaf through. An existing file is replaced when the new one is complete.</summary>
    /// <remarks>
    /// Of each kind of finding it shows at most 60 pictures, read from their files, and says how many there are, so that it stays below
    /// 10 MB.
    /// </remarks>
    /// <param name="path">The file; its folder is made if it is missing.</param>
    /// <param name="report">What it says.</param>
    /// <exception cref="ImageClassificationException">Its name has the ending of another format.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, DoctorReport report)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(report);
        OutputFile.ThrowUnlessNamed(path, Ending);
        WritePage<DoctorPage>(path, new() { [nameof(DoctorPage.Report)] = report });
    }

    private static void WritePage<TPage>(string path, Dictionary<string, object?> parameters)
        where TPage : IComponent
    {
        // On the pool: a caller with a synchronization context of its own would wait for itself.
        var page = Task.Run(() => RenderAsync<TPage>(ParameterView.FromDictionary(parameters))).GetAwaiter().GetResult();
        AtomicFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            writer.Write(page);
        });
    }

    private static async Task<string> RenderAsync<TPage>(ParameterView parameters)
        where TPage : IComponent
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var page = await renderer.RenderComponentAsync<TPage>(parameters).ConfigureAwait(true);
            return page.ToHtmlString();
        }).ConfigureAwait(false);
    }
}
