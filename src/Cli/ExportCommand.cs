using System.CommandLine;
using System.Globalization;
using MLNetExtensions;
using Trainers.Models;
using Trainers.Onnx;

namespace Cli;

/// <summary><c>mlvision export</c>: an architecture as an ONNX file.</summary>
internal static class ExportCommand
{
    private static readonly Option<string> Architecture = new("--arch") { Description = "Architecture; see 'models'.", Required = true };
    private static readonly Option<int?> Classes = new("--classes") { Description = "Number of classes; without it the paper's." };
    private static readonly Option<string?> Labels = new("--labels") { Description = "Text file of class names, one a line." };
    private static readonly Option<int?> ImageSize = new("--image-size") { Description = "Width and height in pixels; without it the architecture's own." };
    private static readonly Option<int> Seed = new("--seed") { Description = "Decides the weights.", DefaultValueFactory = _ => 1 };
    private static readonly Option<string> Out = new("--out") { Description = "The ONNX file.", Required = true };

    public static Command Create()
    {
        var command = new Command("export", "Writes an architecture with fresh, untrained weights as ONNX.") { Architecture, Classes, Labels, ImageSize, Seed, Out };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var model = ImageModels.Get(parsed.GetValue(Architecture)!);
        var labels = ReadLabels(parsed.GetValue(Labels), parsed.GetValue(Classes), model.Classes);
        var path = parsed.GetValue(Out)!;
        OnnxExporter.ExportUntrained(model, labels, path, parsed.GetValue(ImageSize), parsed.GetValue(Seed));
        Console.Error.WriteLine("The weights are drawn at random; train to get a model that knows something.");
        Console.Out.WriteLine(path);
        return 0;
    }

    private static string[] ReadLabels(string? file, int? classes, int fallback)
    {
        if (file is null)
        {
            var count = classes ?? fallback;
            return count >= 2
                ? [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture))]
                : throw new ImageClassificationException($"--classes is {count}; a classifier needs at least 2.");
        }

        var labels = File.ReadAllLines(file).Select(line => line.Trim()).Where(line => line.Length > 0).ToArray();
        if (labels.Length < 2 || labels.Distinct(StringComparer.Ordinal).Count() < labels.Length)
        {
            throw new ImageClassificationException($"'{file}' must name at least two classes, one a line, each once.");
        }

        return classes is null || classes == labels.Length
            ? labels
            : throw new ImageClassificationException($"--classes is {classes} but '{file}' names {labels.Length} classes.");
    }
}
