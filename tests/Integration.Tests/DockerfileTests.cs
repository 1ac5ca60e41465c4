using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Integration.Tests;

/// <summary>The Dockerfiles, as far as a machine without an engine can tell.</summary>
public sealed partial class DockerfileTests
{
    private static readonly string Root = Places.RepositoryRoot;

    public static TheoryData<string, string> Files => new()
    {
        { "samples/Web/Dockerfile", "Web.dll" },
        { "src/Cli/Dockerfile", "mlvision.dll" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void Dockerfile_BaseImages_AreMicrosoftsOfThisRelease(string file, string program)
    {
        var images = Instructions(file, "FROM").Select(image => image.Split(' ')[0]).ToList();

        Assert.Equal("mcr.microsoft.com/dotnet/sdk:10.0", images[0]);
        Assert.Matches("^mcr.microsoft.com/dotnet/(aspnet|runtime):10.0$", images[^1]);
        Assert.Equal(2, images.Count);
        Assert.Contains($"/app/{program}", Instructions(file, "ENTRYPOINT").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Dockerfile_CopiedSources_AreThere(string file, string program)
    {
        Assert.EndsWith(".dll", program, StringComparison.Ordinal);
        Assert.All(CopiedSources(file), source => Assert.True(Path.Exists(Path.Combine(Root, source)), source));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Dockerfile_Program_RunsAsNoRootAndSaysWhetherItIsWell(string file, string program)
    {
        var last = File.ReadAllText(Path.Combine(Root, file)).Split("\nFROM ")[^1];

        Assert.Matches(@"\nUSER \$APP_UID\n", last);
        Assert.Contains("\nHEALTHCHECK ", last, StringComparison.Ordinal);
        Assert.DoesNotContain("\nUSER ", last[(last.IndexOf(program, StringComparison.Ordinal) - 40)..], StringComparison.Ordinal);
    }

    /// <summary>The publish command, on nothing but what the file copies. It restores and builds anew, which takes minutes.</summary>
    [Theory(Explicit = true)]
    [Trait("Category", "Containers")]
    [MemberData(nameof(Files))]
    public async Task Dockerfile_PublishCommand_GivesTheProgram(string file, string program)
    {
        var folder = Directory.CreateTempSubdirectory("container-");
        try
        {
            foreach (var source in CopiedSources(file))
            {
                Copy(Path.Combine(Root, source), Path.Combine(folder.FullName, source));
            }

            var command = Instructions(file, "RUN").First(run => run.StartsWith("dotnet publish ", StringComparison.Ordinal));
            var output = Path.Combine(folder.FullName, "app");
            using var publish = Process.Start(new ProcessStartInfo("dotnet", command["dotnet ".Length..].Replace("/app", output))
            {
                WorkingDirectory = folder.FullName,
            })!;
            await publish.WaitForExitAsync(TestContext.Current.CancellationToken);

            Assert.Equal(0, publish.ExitCode);
            Assert.True(File.Exists(Path.Combine(output, program)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<string> CopiedSources(string file) => Instructions(file, "COPY")
        .Where(copy => !copy.StartsWith("--from=", StringComparison.Ordinal)).SelectMany(copy => copy.Split(' ').SkipLast(1));

    private static List<string> Instructions(string file, string name) =>
        [.. Instruction().Matches(File.ReadAllText(Path.Combine(Root, file))).Where(match => match.Groups["name"].Value == name)
            .Select(match => match.Groups["rest"].Value)];

    private static void Copy(string from, string to)
    {
        if (File.Exists(from))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(from, to);
            return;
        }

        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj")))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    [GeneratedRegex("^(?<name>[A-Z]+) (?<rest>.+)$", RegexOptions.Multiline)]
    private static partial Regex Instruction();
}
