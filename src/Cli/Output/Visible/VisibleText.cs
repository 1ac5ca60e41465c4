using System.Globalization;

namespace MLVision.Cli.Output.Visible;

/// <summary>Text that may come from a model, a file or a folder's name, made fit for a terminal, which obeys control characters.</summary>
internal static class VisibleText
{
    /// <summary>The text with control characters as C# and Python write them, such as <c>\x1b</c>; tabs become spaces.</summary>
    /// <param name="text">The text.</param>
    /// <param name="keepsLines">Whether it may have several lines.</param>
    public static string Of(string text, bool keepsLines = false)
    {
        return text.Any(IsHidden) ? string.Concat(text.Select(Show)) : text;

        bool IsHidden(char letter) => char.IsControl(letter) && !(keepsLines && letter == '\n');

        string Show(char letter) => letter == '\t' ? " "
            : IsHidden(letter) ? string.Create(CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}")
            : letter.ToString();
    }
}
