using System.CommandLine;
using System.Globalization;
using MLVision.Cli.Output;
using MLVision.Trainers.Models;
using Spectre.Console;

namespace MLVision.Cli.Commands;

/// <summary><c>mlvision models</c>: the table of architectures.</summary>
internal static class ModelsCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print a JSON array." };
        var markdown = new Option<bool>("--markdown") { Description = "Print the page docs/models.md." };
        var command = new Command("models", "Lists the architectures.") { json, markdown };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(markdown))
            {
                Console.Out.Write(ModelsDocument.Write());
            }
            else
            {
                Run(parsed.GetValue(json));
            }
        });
        return command;
    }

    private static void Run(bool json)
    {
        var rows = ImageModels.All.AsParallel().AsOrdered().Select(model => (Model: model, Cost: model.CountCost())).Select(row => new
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

        var table = new Table().AddColumns("Name", "Family", "Parameters", "Multiply-adds", "Image size");
        table.Columns[2].RightAligned();
        table.Columns[3].RightAligned();
        table.Columns[4].RightAligned();
        foreach (var row in rows)
        {
            table.AddRow(
                row.Name, row.Family,
                (row.Parameters / 1e6).ToString("0.00 M", CultureInfo.InvariantCulture),
                (row.Macs / 1e9).ToString("0.00 G", CultureInfo.InvariantCulture),
                row.ImageSize.ToString(CultureInfo.InvariantCulture));
        }

        Terminal.Output.Write(table);
    }
}
