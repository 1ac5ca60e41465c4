namespace MLNetExtensions.Tests.Images;

/// <summary>The images that Fixtures/images.py wrote.</summary>
internal static class FixtureImages
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Fixtures", "images");

    public static IReadOnlyList<string> Names =>
        [.. Directory.GetFiles(Folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public static string Find(string name) => Path.Combine(Folder, name);
}
