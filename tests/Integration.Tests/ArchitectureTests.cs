using System.Text.RegularExpressions;
using MLVision.MLNetExtensions.Images.Folders;
using MLVision.Reports;

namespace Integration.Tests;

/// <summary>The direction of dependencies: docs/architecture.md.</summary>
public sealed partial class ArchitectureTests
{
    private static string Source => Path.Combine(Places.RepositoryRoot, "src");

    [Fact]
    public void MLNetExtensions_Assembly_ReferencesNeitherTrainersNorTorch()
    {
        var references = typeof(ImageFolder).Assembly.GetReferencedAssemblies().Select(reference => reference.Name).ToList();

        Assert.Contains("Microsoft.ML.OnnxTransformer", references);
        Assert.DoesNotContain("TorchSharp", references);
        Assert.DoesNotContain("MLVision.Trainers", references);
    }

    /// <summary>The lock file lists what the packages bring along, too: a scoring app must not carry libtorch.</summary>
    [Theory]
    [InlineData("MLNetExtensions.csproj")]
    [InlineData("packages.lock.json")]
    public void MLNetExtensions_Packages_HoldNoTorch(string file)
    {
        var text = File.ReadAllText(Path.Combine(Source, "MLNetExtensions", file));

        Assert.Contains("Microsoft.ML.OnnxTransformer", text, StringComparison.Ordinal);
        Assert.DoesNotContain("torch", text, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A scoring app that writes reports carries no libtorch either, and no web server.</summary>
    [Fact]
    public void Reports_Packages_HoldNeitherTorchNorAServer()
    {
        var references = typeof(ReportWriter).Assembly.GetReferencedAssemblies().Select(reference => reference.Name).ToList();
        var packages = File.ReadAllText(Path.Combine(Source, "Reports", "packages.lock.json"));

        Assert.Contains("MLVision.MLNetExtensions", references);
        Assert.DoesNotContain("MLVision.Trainers", references);
        Assert.DoesNotContain("torch", packages, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Kestrel", packages, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A scoring app without a server carries nothing of one; an app with one carries no libtorch.</summary>
    [Fact]
    public void AspNetCore_Server_IsNeededByTheEndpointAlone()
    {
        var scoring = File.ReadAllText(Path.Combine(Source, "MLNetExtensions", "MLNetExtensions.csproj"))
            + File.ReadAllText(Path.Combine(Source, "MLNetExtensions", "packages.lock.json"));
        var endpoint = File.ReadAllText(Path.Combine(Source, "AspNetCore", "AspNetCore.csproj"));
        var packages = File.ReadAllText(Path.Combine(Source, "AspNetCore", "packages.lock.json"));

        Assert.Contains("Microsoft.AspNetCore.App", endpoint, StringComparison.Ordinal);
        Assert.DoesNotContain("\"Microsoft.AspNetCore", scoring, StringComparison.Ordinal);
        Assert.Contains("Microsoft.ML.OnnxTransformer", packages, StringComparison.Ordinal);
        Assert.DoesNotContain("torch", packages, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>What stands in a component is escaped; what stands in a string is not.</summary>
    [Fact]
    public void Reports_Sources_HoldNoStringsOfHtml()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Source, "Reports"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));

        Assert.All(files, file => Assert.DoesNotMatch("\"[^\"\n]*</?[a-z]+[ />]", CodeWithoutComments(file)));
    }

    private static string CodeWithoutComments(string file) =>
        string.Join('\n', File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)));

    [Fact]
    public void TrainersModels_Sources_NeverNameMicrosoftML()
    {
        var files = Mentioning("Microsoft.ML");

        Assert.Contains("ImageClassificationEstimator.cs", files);
        Assert.DoesNotContain(files, file => file.StartsWith("Models/", StringComparison.Ordinal));
    }

    /// <summary>The estimators' files in the root are ML.NET's door; behind it, one class turns a data view into pixels.</summary>
    [Fact]
    public void Trainers_Sources_NameIDataViewOnlyAtTheDoor()
    {
        var files = Mentioning("IDataView");

        Assert.Contains("ImageClassificationEstimator.cs", files);
        Assert.Equal(["Training/Pixels/TrainingImages.cs"], files.Where(file => file.Contains('/')));
    }

    /// <summary>A using for all files would let one name ML.NET's types without a trace in it.</summary>
    [Fact]
    public void Trainers_Sources_HaveNoGlobalUsings()
    {
        var project = File.ReadAllText(Path.Combine(Source, "Trainers", "Trainers.csproj"));

        Assert.Empty(Mentioning("global using"));
        Assert.DoesNotContain("<Using", project, StringComparison.Ordinal);
    }

    /// <summary>Packages come from wherever the machine at hand gets them.</summary>
    [Fact]
    public void NuGetConfig_NamesNoHost()
    {
        var text = File.ReadAllText(Path.Combine(Places.RepositoryRoot, "nuget.config"));

        Assert.DoesNotMatch(WebAddress(), text);
    }

    /// <summary>The files of src/Trainers in which a name stands, relative to it, with forward slashes.</summary>
    private static List<string> Mentioning(string name)
    {
        var root = Path.Combine(Source, "Trainers");
        var word = new Regex($@"\b{Regex.Escape(name)}\b");
        return [.. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(file => word.IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Where(file => !file.StartsWith("obj/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];
    }

    [GeneratedRegex("https?://", RegexOptions.IgnoreCase)]
    private static partial Regex WebAddress();
}
