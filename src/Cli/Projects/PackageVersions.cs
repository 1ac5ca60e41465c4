using System.Reflection;

namespace MLVision.Cli.Projects;

/// <summary>The versions of packages that this program was built with, which projects get, too; see the project file.</summary>
internal static class PackageVersions
{
    /// <summary>The version of a package.</summary>
    public static string Of(string package) => Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "Package:" + package).Value!;
}
