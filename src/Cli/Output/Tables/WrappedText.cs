namespace MLVision.Cli.Output.Tables;

/// <summary>Text that goes on below itself where a line is full.</summary>
internal static class WrappedText
{
    /// <summary>Writes a text from the column that is reached, and goes on below it.</summary>
    /// <param name="output">Where.</param>
    /// <param name="text">The text.</param>
    /// <param name="width">Columns that there are.</param>
    /// <param name="indent">The column that is reached.</param>
    public static void WriteLine(TextWriter output, string text, int width, int indent = 0)
    {
        var column = indent;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (column > indent && column + 1 + word.Length >= width)
            {
                output.WriteLine();
                output.Write(new string(' ', indent));
                column = indent;
            }

            output.Write(column > indent ? $" {word}" : word);
            column += word.Length + (column > indent ? 1 : 0);
        }

        output.WriteLine();
    }
}
