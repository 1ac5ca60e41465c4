namespace MLVision.MLNetExtensions;

/// <summary>Text out of a file of somebody else's, made fit to stand in a message.</summary>
internal static class ForeignText
{
    private const int Longest = 120;

    /// <summary>In quotation marks, on one line, without control characters, and shortened.</summary>
    public static string Quote(string text) => $"'{Clean(text)}'";

    /// <summary>The same without quotation marks.</summary>
    public static string Clean(string text)
    {
        var start = text.Length > Longest ? text[..Longest] + "…" : text;
        return string.Concat(start.Select(c => char.IsControl(c) ? '?' : c));
    }
}
