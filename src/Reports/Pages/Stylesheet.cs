namespace MLVision.Reports.Pages;

/// <summary>The style sheet that every page carries in itself.</summary>
internal static class Stylesheet
{
    /// <summary>Its text, out of <c>report.css</c>.</summary>
    public static string Text { get; } = Read();

    private static string Read()
    {
        using var stream = typeof(Stylesheet).Assembly.GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
