using System.CommandLine;
using System.Globalization;
using MLVision.Cli.Options;
using MLVision.Cli.Output;
using MLVision.Cli.Output.Tables;
using MLVision.MLNetExtensions;
using MLVision.Trainers.Models;
using MLVision.Trainers.Weights.Published;

namespace MLVision.Cli.Commands;

/// <summary><c>mlvision models</c>: the table of architectures.</summary>
internal static class ModelsCommand
{
    private static readonly Option<string?> Family = new("--family")
    {
        Description = "Only the architectures of a family, such as resnet.",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Print a JSON array." };
    private static readonly Option<bool> Markdown = new("--markdown") { Description = "Print the page docs/models.md." };

    public static Command Create()
    {
        var command = new Command("models", "Lists the architectures, and which published weights there are for them.")
        {
            Family, Json, Markdown,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(Markdown))
            {
                Console.Out.Write(ModelsDocument.Write());
            }
            else
            {
                Run(OfFamily(parsed.GetValue(Family)), parsed.GetValue(Json));
            }
        });
        return command;
    }

    /// <summary>The architectures of a family, whatever the case, spaces and hyphens in its name; all where it is null.</summary>
    /// <exception cref="ImageClassificationException">There is no such family.</exception>
    internal static List<ImageModel> OfFamily(string? family)
    {
        if (family is null)
        {
            return [.. ImageModels.All];
        }

        var models = ImageModels.All.Where(model => Plain(model.Family.Name) == Plain(family)).ToList();
        var families = ImageModels.All.Select(model => model.Family.Name).Distinct().ToList();
        return models.Count > 0 ? models : throw new ImageClassificationException(
            $"There is no family '{family}'; there are {string.Join(", ", families)}{Suggestion.Of(family, families)}");
    }

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private static void Run(List<ImageModel> models, bool json)
    {
        var rows = models.AsParallel().AsOrdered().Select(model => (Model: model, Cost: model.CountCost())).Select(row => new
        {
            row.Model.Name,
            Family = row.Model.Family.Name,
            row.Cost.Parameters,
            Macs = row.Cost.MultiplyAdds,
            row.Model.ImageSize,
        }).ToList();
        if (json)
        {
            Terminal.WriteJson(rows);
            return;
        }

        var table = new ResultTable().Text("Name").Text("Family").Figure("Parameters").Figure("Multiply-adds").Figure("Pixels")
            .Text("Weights");
        foreach (var row in rows)
        {
            table.Add(
                row.Name, row.Family,
                (row.Parameters / 1e6).ToString("0.00 M", CultureInfo.InvariantCulture),
                (row.Macs / 1e9).ToString("0.00 G", CultureInfo.InvariantCulture),
                row.ImageSize.ToString(CultureInfo.InvariantCulture),
                string.Join(", ", PublishedWeightsCatalog.For(row.Name).Select(weights => weights.Name)));
        }

        table.Write(Terminal.Output);
    }
}
