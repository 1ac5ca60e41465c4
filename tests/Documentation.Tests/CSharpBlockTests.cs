using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Documentation.Tests;

/// <summary>
/// Every C# block compiles, as the statements of a method. It sees the usings of its page, those of a new project, and <see cref="Given"/>.
/// </summary>
public sealed class CSharpBlockTests
{
    private const string ConsoleUsings =
        "using System; using System.IO; using System.Linq; using System.Collections.Generic; using System.Net.Http; " +
        "using System.Threading; using System.Threading.Tasks;";

    private const string WebUsings =
        "using System.Net.Http.Json; using Microsoft.AspNetCore.Builder; using Microsoft.AspNetCore.Hosting; " +
        "using Microsoft.AspNetCore.Http; using Microsoft.AspNetCore.Routing; using Microsoft.Extensions.Configuration; " +
        "using Microsoft.Extensions.DependencyInjection; using Microsoft.Extensions.Hosting; using Microsoft.Extensions.Logging;";

    /// <summary>What a reader has where a block begins: what the page or common sense says is there.</summary>
    private const string Given = """
        abstract class Given
        {
            protected static Microsoft.ML.MLContext ml;
            protected static Microsoft.ML.IDataView images;
            protected static Microsoft.ML.IDataView newImages;
            protected static MLVision.MLNetExtensions.Scoring.ImageClassifier classifier;
            protected static System.Collections.Generic.List<string> paths;
            protected static System.Collections.Generic.List<string> millionsOfPaths;
            protected static System.Threading.CancellationToken cancellationToken;
            protected static Microsoft.AspNetCore.Builder.WebApplicationBuilder builder;
            protected static Microsoft.AspNetCore.Builder.WebApplication app;
            protected static Microsoft.AspNetCore.Http.HttpRequest request;
            protected static System.Collections.Generic.List<(TorchSharp.torch.Tensor, TorchSharp.torch.Tensor)> batches;
        }
        """;

    /// <summary>Blocks that need packages which these tests do not reference, by a word of theirs.</summary>
    private static readonly string[] OfOtherPackages = ["AddOpenTelemetry"];

    private static readonly Lazy<IReadOnlyList<MetadataReference>> References = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(file => MetadataReference.CreateFromFile(file))]);

    private static readonly CSharpParseOptions Syntax = new(LanguageVersion.Preview);

    public static TheoryData<string> Pages => Page.WithBlocksOf("csharp");

    [Theory]
    [MemberData(nameof(Pages))]
    public void Blocks_OfAPage_Compile(string name)
    {
        var blocks = new Page(name).Blocks.Where(block => block.Language == "csharp"
            && !OfOtherPackages.Any(word => block.Text.Contains(word, StringComparison.Ordinal))).ToList();
        var units = blocks.ConvertAll(Parse);
        var usings = string.Concat(units.SelectMany(unit => unit.Usings).Select(use => use.ToString()).Distinct());

        var faults = blocks.Zip(units).SelectMany(pair => FaultsOf(pair.First, pair.Second, usings));

        Faults.AssertNone(faults);
    }

    [Theory]
    [InlineData("var x = ml.NoSuchMethod();", "CS1061")]
    [InlineData("ImageClassifier.Load(\"model.zip\");", "CS0103")]
    [InlineData("var x = 1", "CS1002")]
    public void Faults_OfABlockThatIsWrong_AreFound(string code, string expected)
    {
        var block = new CodeBlock("page", 1, "csharp", [code]);

        var faults = FaultsOf(block, Parse(block), "").ToList();

        Assert.Contains(faults, fault => fault.Contains(expected, StringComparison.Ordinal));
    }

    /// <summary>Lines that begin with #: are for <c>dotnet run FILE.cs</c>, not for the compiler.</summary>
    private static CompilationUnitSyntax Parse(CodeBlock block) => SyntaxFactory.ParseCompilationUnit(
        string.Join('\n', block.Lines.Select(line => line.StartsWith("#:", StringComparison.Ordinal) ? "" : line)), options: Syntax);

    private static IEnumerable<string> FaultsOf(CodeBlock block, CompilationUnitSyntax unit, string usings)
    {
        var statements = unit.Members.OfType<GlobalStatementSyntax>().Select(member => member.ToFullString());
        var types = unit.Members.Where(member => member is not GlobalStatementSyntax).Select(member => member.ToFullString());
        var web = block.Text.Contains("builder", StringComparison.Ordinal) || block.Text.Contains("app.", StringComparison.Ordinal);
        var source = $$"""
            {{ConsoleUsings}}{{(web ? WebUsings : "")}}{{usings}}
            class Block : Given
            {
                static async System.Threading.Tasks.Task Run(string[] args)
                {
            {{string.Concat(statements)}}
                }
            {{string.Concat(types)}}
            }
            {{Given}}
            """;
        var compilation = CSharpCompilation.Create(
            "block", [CSharpSyntaxTree.ParseText(source, Syntax)], References.Value,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: false));
        return unit.GetDiagnostics().Concat(compilation.GetDiagnostics())
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Select(diagnostic => $"{block}: {diagnostic.Id} {diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}");
    }
}
