using System.CommandLine;
using System.Globalization;
using MLVision.Cli.Options;
using MLVision.Cli.Output;
using MLVision.Cli.Output.Tables;
using MLVision.MLNetExtensions;
using MLVision.Trainers.Models;
using MLVision.Trainers.Weights.Published;
using Spectre.Console;

namespace MLVision.Cli.Commands;

/// <summary><c>mlvision models</c>: the table of architectures.</summary>
internal static class ModelsCommand
{
    private static readonly Option<string?> Family = new("--family")
    {
        HelpName = "name",
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
        var rows = models.AsParallel().AsOrdered().Select(model => (Model: model, Cost: model.CountCost())).ToList();
        if (json)
        {
            Terminal.WriteJson(rows.Select(row => new
            {
                row.Model.Name,
                Family = row.Model.Family.Name,
                row.Cost.Parameters,
                Macs = row.Cost.MultiplyAdds,
                row.Model.ImageSize,
            }));
        }
        else
        {
            Write(Terminal.Output, rows);
        }
    }

    /// <summary>
    /// A row for each architecture; on a terminal, a table for each family with a row for each of its weights, so that all names fit.
    /// </summary>
    internal static void Write(IAnsiConsole console, List<(ImageModel Model, ModelCost Cost)> rows)
    {
        if (!console.Profile.Out.IsTerminal)
        {
            var all = Figures(new ResultTable().Text("Name").Text("Family"), "Multiply-adds");
            rows.ForEach(row => all.Add(
                [row.Model.Name, row.Model.Family.Name, .. Figures(row.Model, row.Cost), string.Join(", ", WeightsOf(row.Model))]));
            all.Write(console);
            return;
        }

        foreach (var family in rows.GroupBy(row => row.Model.Family.Name))
        {
            var table = Figures(new ResultTable().Text("Name"), "Multiply-\nadds");
            foreach (var (model, cost) in family)
            {
                var weights = WeightsOf(model);
                table.Add([model.Name, .. Figures(model, cost), weights.FirstOrDefault("")]);
                weights.Skip(1).ToList().ForEach(more => table.Add("", "", "", "", more));
            }

            table.Write(console, family.Key);
        }
    }

    private static ResultTable Figures(ResultTable table, string multiplyAdds) =>
        table.Figure("Parameters").Figure(multiplyAdds).Figure("Pixels").Text("Weights");

    private static string[] Figures(ImageModel model, ModelCost cost) =>
    [
        (cost.Parameters / 1e6).ToString("0.00 M", CultureInfo.InvariantCulture),
        (cost.MultiplyAdds / 1e9).ToString("0.00 G", CultureInfo.InvariantCulture),
        model.ImageSize.ToString(CultureInfo.InvariantCulture),
    ];

    private static List<string> WeightsOf(ImageModel model) =>
        [.. PublishedWeightsCatalog.For(model.Name).Select(weights => weights.Name)];
}
