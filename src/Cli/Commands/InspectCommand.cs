using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MLVision.Cli.Output;
using MLVision.Cli.Output.Tables;
using MLVision.Trainers.Weights;
using MLVision.Trainers.Weights.Files;

namespace MLVision.Cli.Commands;

/// <summary><c>mlvision inspect</c>: what a file of a classifier holds.</summary>
internal static class InspectCommand
{
    private const int MostLabels = 20;
    private const int LongestValue = 60;

    private static readonly Argument<string> ModelFile = new("file")
    {
        Description = "A model.zip, an ONNX file, weights of PyTorch or a safetensors file.",
    };
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON." };

    public static Command Create()
    {
        var command = new Command("inspect", "Says what a file of a classifier holds: architecture, classes, sizes, metadata.")
        {
            ModelFile, Json,
        };
        command.SetAction(parsed => Run(parsed.GetValue(ModelFile)!, parsed.GetValue(Json)));
        return command;
    }

    private static int Run(string path, bool json)
    {
        var facts = ModelFacts.Read(path);
        if (json)
        {
            Terminal.WriteJson(new
            {
                Kind = JsonNamingPolicy.CamelCase.ConvertName(facts.Kind.ToString()),
                facts.Architecture,
                facts.Labels,
                facts.Classes,
                facts.ImageSize,
                facts.Outputs,
                facts.Parameters,
                facts.Precision,
                Metadata = facts.Metadata.ToDictionary(entry => entry.Key, entry => ValueOf(entry.Value)),
            });
        }
        else
        {
            Show(path, facts);
        }

        return 0;
    }

    /// <summary>A list or an object as such, and anything else as the text that it is.</summary>
    private static JsonNode? ValueOf(string value)
    {
        if (value is not ['[' or '{', ..])
        {
            return JsonValue.Create(value);
        }

        try
        {
            return JsonNode.Parse(value);
        }
        catch (JsonException)
        {
            return JsonValue.Create(value);
        }
    }

    private static void Show(string path, ModelFacts facts)
    {
        var table = new ResultTable().Text("").Text("").Add("file", $"{path} ({new FileInfo(path).Length / 1e6:0.0} MB)")
            .Add("kind", NameOf(facts.Kind))
            .Add("architecture", facts.Architecture ?? "none that mlvision knows")
            .Add("classes", facts.Labels.Count > 0 ? Labels(facts.Labels)
                : facts.Classes?.ToString(CultureInfo.InvariantCulture) ?? "unknown")
            .Add("image size", facts.ImageSize is { } size ? Invariant($"{size} × {size}") : "unknown")
            .Add("outputs", facts.Outputs.Count > 0 ? string.Join(", ", facts.Outputs) : "none: weights alone")
            .Add("parameters", Invariant($"{facts.Parameters:#,0} ({facts.Precision})"));
        foreach (var (name, value) in facts.Metadata.Where(entry => entry.Key is not ("architecture" or "labels" or "image_size")))
        {
            table.Add(name, value.Length > LongestValue ? $"{value[..LongestValue]}…" : value);
        }

        table.Write(Terminal.Output);
    }

    private static string Labels(IReadOnlyList<string> labels)
    {
        var more = labels.Count - MostLabels;
        return Invariant($"{labels.Count}: {string.Join(", ", labels.Take(MostLabels))}{(more > 0 ? $" and {more} more" : "")}");
    }

    private static string NameOf(ModelFileKind kind) => kind switch
    {
        ModelFileKind.ModelZip => "ML.NET model",
        ModelFileKind.Onnx => "ONNX model",
        ModelFileKind.PyTorch => "PyTorch weights",
        _ => "safetensors weights",
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
