using System.Reflection;

// One browser at a time: they share the cores with the model that runs in them.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Browser.Tests;

/// <summary>Where the build put things; see the project file.</summary>
internal static class Places
{
    public static string RepositoryRoot => Metadata("RepositoryRoot");

    public static string CommandLine => Metadata("CommandLine");

    public static string Samples => Path.Combine(RepositoryRoot, "samples");

    public static string Flowers => Path.Combine(Samples, "data", "flowers");

    private static string Metadata(string key) =>
        typeof(Places).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
