using MLVision.Trainers.Native;

namespace Integration.Tests.Packages;

/// <summary>
/// A folder outside the repository, with a folder of packages, a package cache that holds nothing of ours, and apps; gone when disposed.
/// </summary>
/// <remarks>Packages of others come from the cache of this repository's build, unchanged.</remarks>
public abstract class OutsideFolder : IAsyncLifetime
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("mlvision-outside-");

    /// <summary>The folder of packages.</summary>
    public string Packages => Beside("packages");

    /// <summary>The portable runtime identifier of this machine.</summary>
    internal static string Platform => TorchNativeFiles.ThisPlatform;

    /// <summary>Processes that stay would hold what they write to.</summary>
    private Dictionary<string, string> Environment => new()
    {
        ["NUGET_PACKAGES"] = Beside("cache"),
        ["XDG_DATA_HOME"] = Beside("data"),
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["UseSharedCompilation"] = "false",
        ["DOTNET_CLI_UI_LANGUAGE"] = "en",
        ["MSBUILDTERMINALLOGGER"] = "off",
        ["CreateHardLinksForCopyLocalIfPossible"] = "true",     // libtorch is half a gigabyte
    };

    public virtual async ValueTask InitializeAsync() =>
        await File.WriteAllTextAsync(Beside("nuget.config"), $"""
            <configuration>
              <packageSources><add key="mlvision" value="{Packages}" /></packageSources>
              <fallbackPackageFolders><add key="others" value="{Places.PackageCache}" /></fallbackPackageFolders>
            </configuration>
            """, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync()
    {
        _root.Delete(recursive: true);
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>A path in the folder.</summary>
    public string Beside(string name) => Path.Combine(_root.FullName, name);

    /// <summary>Writes an app of one file, with lines that reference packages, and returns its folder.</summary>
    public string WriteApp(string name, string program, string references)
    {
        var folder = Directory.CreateDirectory(Beside(name)).FullName;
        File.WriteAllText(Path.Combine(folder, "Program.cs"), program);
        File.WriteAllText(Path.Combine(folder, $"{name}.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                {references}
              </ItemGroup>
            </Project>
            """);
        return folder;
    }

    /// <summary>Runs the SDK in a folder.</summary>
    public Task<(int ExitCode, string Output, string Error)> Dotnet(string folder, params string[] arguments) =>
        AppProcess.Run(arguments[0], arguments[1..], Environment, folder);

    /// <summary>Runs the SDK in a folder; it must succeed. Returns what it prints.</summary>
    public async Task<string> Succeed(string folder, params string[] arguments)
    {
        var run = await Dotnet(folder, arguments);
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        return run.Output;
    }
}
