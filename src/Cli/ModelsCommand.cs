using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Trainers.Models;

namespace Cli;

/// <summary><c>mlvision models</c>: the table of architectures.</summary>
internal static class ModelsCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print a JSON array." };
        var command = new Command("models", "Lists the architectures.") { json };
        command.SetAction(parsed => Run(parsed.GetValue(json)));
        return command;
    }

    private static void Run(bool json)
    {
        var rows = ImageModels.All.AsParallel().AsOrdered().Select(model => new
        {
            model.Name,
            Family = model.Family.Name,
            Parameters = model.CountParameters(),
            Macs = model.CountMultiplyAdds(),
            model.ImageSize,
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
