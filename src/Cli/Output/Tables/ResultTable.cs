using Spectre.Console;

namespace MLVision.Cli.Output.Tables;

/// <summary>
/// A table of results: framed and as wide as the terminal at most, or a line a row with tabs between the cells where a program reads it.
/// </summary>
internal sealed class ResultTable
{
    private const int NarrowestText = 8;

    private readonly List<(string Name, bool IsFigure)> _columns = [];
    private readonly List<string[]> _rows = [];

    /// <summary>A column of text, to the left; long texts lose their middle where the terminal is narrow.</summary>
    public ResultTable Text(string name) => With(name, isFigure: false);

    /// <summary>A column of figures, to the right; its name may have several lines on a terminal.</summary>
    public ResultTable Figure(string name) => With(name, isFigure: true);

    /// <summary>Adds a row.</summary>
    /// <param name="cells">A text for each column, as it is to be read.</param>
    public ResultTable Add(params string[] cells)
    {
        _rows.Add(cells);
        return this;
    }

    /// <summary>Writes the table.</summary>
    /// <param name="console">Where.</param>
    /// <param name="title">What stands above it; nothing where null.</param>
    public void Write(IAnsiConsole console, string? title = null)
    {
        if (console.Profile.Out.IsTerminal)
        {
            WriteFramed(console, title);
            return;
        }

        var writer = console.Profile.Out.Writer;
        if (title is not null)
        {
            writer.WriteLine(title);
        }

        if (HasNames)
        {
            WriteLine(writer, _columns.Select(column => column.Name));
        }

        foreach (var row in _rows)
        {
            WriteLine(writer, row);
        }
    }

    private bool HasNames => _columns.Any(column => column.Name.Length > 0);

    private ResultTable With(string name, bool isFigure)
    {
        _columns.Add((name, isFigure));
        return this;
    }

    private void WriteFramed(IAnsiConsole console, string? title)
    {
        var table = new Table { ShowHeaders = HasNames };
        if (title is not null)
        {
            console.WriteLine();
            console.WriteLine(title);       // a table's own title wraps at its width, and is grey
        }

        foreach (var (name, isFigure) in _columns)
        {
            var column = new TableColumn(Markup.Escape(name));
            table.AddColumn(isFigure ? column.RightAligned() : column);
        }

        var width = TextWidth(console.Profile.Width);
        foreach (var row in _rows)
        {
            table.AddRow([.. row.Zip(_columns, (cell, column) => column.IsFigure ? Markup.Escape(cell) : ShortName.Markup(cell, width))]);
        }

        console.Write(table);
    }

    /// <summary>The width of texts at which the table is no wider than the terminal.</summary>
    private int TextWidth(int terminal)
    {
        const int FrameOfAColumn = 3;
        var widths = _columns.Select((column, index) => (
            column.IsFigure, Name: column.Name.Split('\n').Max(ShortName.Width),
            Cells: _rows.Select(row => ShortName.Width(row[index])).DefaultIfEmpty(0).Max())).ToList();
        var room = terminal - (FrameOfAColumn * _columns.Count) - 1;
        var text = widths.Where(column => !column.IsFigure).Select(column => column.Cells).DefaultIfEmpty(0).Max();
        while (text > NarrowestText
            && widths.Sum(column => Math.Max(column.Name, column.IsFigure ? column.Cells : Math.Min(column.Cells, text))) > room)
        {
            text--;
        }

        return Math.Max(text, NarrowestText);
    }

    private static void WriteLine(TextWriter writer, IEnumerable<string> cells) => writer.WriteLine(string.Join(
        '\t', cells.Select(cell => string.Concat(cell.Select(c => char.IsControl(c) ? ' ' : c)))));
}
