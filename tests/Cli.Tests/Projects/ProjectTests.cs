using System.Reflection;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using MLVision.Cli.Projects;
using MLVision.MLNetExtensions.Model;

namespace Cli.Tests.Projects;

/// <summary>What is generated is compiled: names of models and labels may be anything.</summary>
public sealed class ProjectTests
{
    /// <summary>What the project file's implicit usings are.</summary>
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        """;

    /// <summary>A package that was made for an older version of another: the SDK's builds leave these out, too.</summary>
    private static readonly string[] UnificationWarnings = ["CS1701", "CS1702"];

    private static readonly string[] HostileLabels =
    [
        "", "class", "Class", "1-a", "1 a", "玫瑰", "\"quoted\"", "'", "\\", "a\nb", "a\r\nb", "\u2028", "🌹", "🌷", "</script>", "{0}",
        "\"; System.Environment.Exit(1); //", "*/ #error x", "Equals", "GetType", "Labels", "labels", "ToString", "Finalize",
        "a\u202Eb", "\uD83C", "_", "Label13", "é", "e\u0301", "System", "\0",
    ];

    [Theory]
    [InlineData("Flowers")]
    [InlineData("class")]
    [InlineData("1-a")]
    [InlineData("花")]
    [InlineData("a\" + \"b")]
    [InlineData("System")]
    [InlineData("Console")]
    [InlineData("Program")]
    [InlineData("Predict")]
    [InlineData("ModelInput")]
    [InlineData("Lazy")]
    [InlineData("Label")]
    public void Fill_HostileNames_CompilesAndKeepsTheLabels(string name)
    {
        var project = Project.Fill(ProjectKind.Console, ProjectName.Of(name), Model(HostileLabels)).ToList();

        var assembly = Compile([.. project.Where(file => file.FileName.EndsWith(".cs", StringComparison.Ordinal))]);

        var names = ProjectName.Of(name);
        var labels = assembly.GetType($"{names.Namespace}.{names.Class}+Labels", throwOnError: true)!
            .GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);
        Assert.Equal(HostileLabels, labels);
    }

    [Fact]
    public void Fill_ThousandLabels_HasAConstantForEach()
    {
        string[] labels = [.. Enumerable.Range(0, 1000).Select(i => $"class {i % 500}")];

        var project = Project.Fill(ProjectKind.Console, ProjectName.Of("Many"), Model(labels)).ToList();

        var consumption = project.Single(file => file.FileName == "Many.consumption.cs").Content;
        Assert.Equal(1000, consumption.Split("public const string ").Length - 1);
        Compile([.. project.Where(file => file.FileName.EndsWith(".cs", StringComparison.Ordinal))]);
    }

    /// <summary>JSON holds the labels as they are; the title is text of the page; no script holds anything of the model.</summary>
    [Fact]
    public void Fill_BrowserWithHostileNames_IsTextOfThePage()
    {
        const string Title = "<script>alert(1)<\u0000script>\" onload=alert(2) '";
        string[] labels = [.. HostileLabels.Where(label => label != "\uD83C")];

        var page = Project.Fill(ProjectKind.Browser, ProjectName.Of(Title), Model(labels)).ToDictionary(
            file => file.FileName, file => file.Content);

        using var model = JsonDocument.Parse(page["model.json"]);
        Assert.Equal(labels, model.RootElement.GetProperty("labels").EnumerateArray().Select(label => label.GetString()));
        Assert.DoesNotContain("<script>alert", page["index.html"], StringComparison.Ordinal);
        Assert.Contains(
            "&lt;script&gt;alert(1)&lt; script&gt;&quot; onload=alert(2) &#39;</h1>", page["index.html"], StringComparison.Ordinal);
        var other = Project.Fill(ProjectKind.Browser, ProjectName.Of("Flowers"), Model(["rose", "tulip"])).Where(
            file => file.FileName.EndsWith(".js", StringComparison.Ordinal));
        Assert.All(other, file => Assert.Equal(file.Content, page[file.FileName]));
    }

    [Fact]
    public void Fill_ModelBuildersFile_IsJsonOfItsFormat()
    {
        var project = Project.Fill(ProjectKind.Console, ProjectName.Of("\"a\""), Model(["rose", "tulip"]));

        using var config = JsonDocument.Parse(project.Single(file => file.FileName == "A.mbconfig").Content);
        Assert.Equal(
            ("ImageClassification", "TrainingConfig", 5, "A.zip"),
            (config.RootElement.GetProperty("Scenario").GetString(), config.RootElement.GetProperty("Type").GetString(),
                config.RootElement.GetProperty("Version").GetInt32(),
                config.RootElement.GetProperty("RunHistory").GetProperty("ModelFilePath").GetString()));
    }

    [Theory]
    [InlineData((int)ProjectKind.Console)]
    [InlineData((int)ProjectKind.Web)]
    public void Fill_Projects_HasTheFilesOfModelBuilder(int kind)
    {
        var project = Project.Fill((ProjectKind)kind, ProjectName.Of("Flowers"), Model(["rose", "tulip"])).Select(file => file.FileName);

        Assert.Superset(
            new HashSet<string>
            {
                "Flowers.mbconfig", "Flowers.consumption.cs", "Flowers.training.cs", "Flowers.evaluate.cs", "Flowers.csproj", "Program.cs",
            },
            project.ToHashSet());
    }

    private static ProjectModel Model(IReadOnlyList<string> labels) => new("none.zip", new ClassifierMetadata
    {
        Architecture = "resnet20",
        Labels = labels,
        ImageSize = 28,
        Mean = [0, 0, 0],
        StandardDeviation = [1, 1, 1],
    }, ModelOutputs.Heat | ModelOutputs.Familiarity, isFloat: true);

    /// <summary>As -p:Training=true does, and with warnings as errors.</summary>
    private static Assembly Compile(IReadOnlyList<(string FileName, string Content)> files)
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview, preprocessorSymbols: ["TRAINING"]);
        var trees = files.Append(("Usings.cs", Usings)).Select(file => CSharpSyntaxTree.ParseText(file.Item2, options, file.Item1));
        var assemblies = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Cli.Tests", StringComparison.Ordinal)
                && !Path.GetFileName(path).StartsWith("xunit", StringComparison.Ordinal)
                && Path.GetFileName(path) != "mlvision.dll")
            .Select(path => MetadataReference.CreateFromFile(path));
        var settings = new CSharpCompilationOptions(
            OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable, warningLevel: 9999,
            specificDiagnosticOptions: UnificationWarnings.Select(id => KeyValuePair.Create(id, ReportDiagnostic.Suppress)));
        var compilation = CSharpCompilation.Create("Generated" + Guid.NewGuid().ToString("N"), trees, assemblies, settings);
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(diagnostic => diagnostic.Severity is DiagnosticSeverity.Error or DiagnosticSeverity.Warning));
        using var image = new MemoryStream();
        Assert.True(compilation.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        return Assembly.Load(image.ToArray());
    }
}
