using System.Reflection;

// Training takes all cores, and the README's example works in the current directory: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Integration.Tests;

/// <summary>Where the build put things; see the project file.</summary>
internal static class Places
{
    public static string RepositoryRoot => Metadata("RepositoryRoot");

    public static string StockConsumer => Metadata("StockConsumer");

    public static string Quickstart => Metadata("Quickstart");

    public static string FromScratch => Metadata("FromScratch");

    public static string Search => Metadata("Search");

    public static string ModelBuilderStyle => Metadata("ModelBuilderStyle");

    public static string CommandLine => Metadata("CommandLine");

    public static string Hello => Path.Combine(RepositoryRoot, "samples", "Hello", "hello.cs");

    /// <summary>The packages' version.</summary>
    public static string Version => Metadata("Version");

    /// <summary>Release or Debug.</summary>
    public static string Configuration => Metadata("Configuration");

    /// <summary>Where NuGet keeps the packages that this build uses.</summary>
    public static string PackageCache => Metadata("PackageCache");

    public static string FashionMnist => Path.Combine(RepositoryRoot, "samples", "data", "fashion-mnist");

    public static string Flowers => Path.Combine(RepositoryRoot, "samples", "data", "flowers");

    private static string Metadata(string key) =>
        typeof(Places).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
