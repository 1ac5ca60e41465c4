namespace Documentation.Tests;

/// <summary>A piece of code on a page.</summary>
/// <param name="Page">The page's name.</param>
/// <param name="Line">Number of its first line on the page, from 1.</param>
/// <param name="Language">The word behind the fence; empty where there is none.</param>
/// <param name="Lines">Its lines.</param>
internal sealed record CodeBlock(string Page, int Line, string Language, List<string> Lines)
{
    public string Text => string.Join('\n', Lines);

    public static bool IsFence(string line) => line.TrimStart().StartsWith("```", StringComparison.Ordinal);

    public override string ToString() => $"{Page}:{Line}";
}
