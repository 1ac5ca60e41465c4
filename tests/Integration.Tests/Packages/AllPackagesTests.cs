using System.IO.Compression;
using System.Xml.Linq;

namespace Integration.Tests.Packages;

/// <summary>
/// All packages as <c>dotnet pack</c> makes them, and the tool as one installs it; minutes and over a gigabyte, so only when asked for.
/// </summary>
/// <remarks><code>dotnet test tests/Integration.Tests -c Release --filter "Category=Packages" -- xUnit.Explicit=only</code></remarks>
[Trait("Category", "Packages")]
public sealed class AllPackagesTests(AllPackages all) : IClassFixture<AllPackages>
{
    private const long LargestOnPublicFeeds = 250_000_000;

    private static readonly string[] Libraries =
        ["MLVision.AspNetCore", "MLVision.MLNetExtensions", "MLVision.Reports", "MLVision.Trainers"];

    private static readonly string[] Tools = ["mlvision.linux-x64", "mlvision.osx-arm64", "mlvision.win-x64"];

    private const string ExamplesProgram = """
        using Microsoft.AspNetCore.Builder;
        using Microsoft.Extensions.AI;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.ML;
        using MLVision.MLNetExtensions.Doctor;
        using MLVision.MLNetExtensions.Embeddings;
        using MLVision.MLNetExtensions.Images;
        using MLVision.MLNetExtensions.Images.Folders;
        using MLVision.MLNetExtensions.Quantization;
        using MLVision.MLNetExtensions.Scoring;
        using MLVision.MLNetExtensions.Scoring.Results;
        using MLVision.Reports;
        using MLVision.Reports.Contents;
        using MLVision.Trainers;
        using MLVision.Trainers.Models;
        using MLVision.Trainers.Onnx;
        using MLVision.Trainers.Options;
        using MLVision.Trainers.Weights.Published;

        static class Examples
        {
            static MLContext mlContext = new();
            static IDataView images = mlContext.Data.LoadImageFolder("flowers");
            static ITransformer fitted = mlContext.Model.Load("model.zip", out _);
            static WebApplicationBuilder builder = WebApplication.CreateBuilder();

        METHODS
            static void Main() { }
        }
        """;

    [Fact(Explicit = true)]
    public async Task Pack_Solution_MakesEachPackageWithSymbolsAndNoWarning()
    {
        var output = await all.Made();
        string[] expected =
        [
            .. Libraries.Concat(Tools).SelectMany(id => (string[])[$"{id}.{Places.Version}.nupkg", $"{id}.{Places.Version}.snupkg"]),
            $"mlvision.{Places.Version}.nupkg",
        ];

        var made = Directory.GetFiles(all.Packages);

        Assert.Equal(expected.Order(StringComparer.Ordinal), made.Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("warning", output, StringComparison.Ordinal);
        Assert.All(made, package => Assert.InRange(new FileInfo(package).Length, 1, LargestOnPublicFeeds));
    }

    [Fact(Explicit = true)]
    public async Task EveryPackage_Opened_SaysWhatItIs()
    {
        await all.Made();

        Assert.All([.. Libraries, .. Tools, "mlvision"], id =>
        {
            using var package = Open(id);
            using var nuspec = package.Entries.Single(entry => entry.Name.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
            var metadata = XDocument.Load(nuspec).Root!.Elements().First().Elements().ToDictionary(element => element.Name.LocalName);

            Assert.Equal("MIT", metadata["license"].Value);
            Assert.NotEmpty(metadata["description"].Value);
            Assert.NotEmpty(metadata["tags"].Value);
            Assert.Equal(40, metadata["repository"].Attribute("commit")!.Value.Length);
            Assert.NotNull(package.GetEntry(metadata["icon"].Value));
            Assert.NotNull(package.GetEntry(metadata["readme"].Value));
        });
    }

    [Fact(Explicit = true)]
    public async Task Libraries_Opened_DependOnNoLibtorch()
    {
        await all.Made();

        Assert.All(Libraries, id =>
        {
            using var package = Open(id);
            using var nuspec = new StreamReader(
                package.Entries.Single(entry => entry.Name.EndsWith(".nuspec", StringComparison.Ordinal)).Open());

            Assert.DoesNotContain("libtorch", nuspec.ReadToEnd(), StringComparison.OrdinalIgnoreCase);
        });
    }

    [Fact(Explicit = true)]
    public async Task Tools_Opened_HoldOnePlatformAndWhatRunsOnIt()
    {
        await all.Made();

        Assert.All(Tools, id =>
        {
            using var package = Open(id);
            var files = package.Entries.Select(entry => entry.FullName).ToList();
            var (native, others) = id switch
            {
                "mlvision.linux-x64" => ("libtorch_cpu.so", (string[])[".dylib", ".exe"]),
                "mlvision.osx-arm64" => ("libtorch_cpu.dylib", [".so", ".exe"]),
                _ => ("torch_cpu.dll", [".so", ".dylib"]),
            };

            Assert.Single(files, file => file.EndsWith($"/{native}", StringComparison.Ordinal));
            Assert.DoesNotContain(files, file => others.Contains(Path.GetExtension(file)));
            Assert.DoesNotContain(files, file => file.Contains("_python", StringComparison.Ordinal));
            Assert.DoesNotContain(files, file => file.Contains("runtimes/", StringComparison.Ordinal));
            Assert.DoesNotContain(files, file => Path.GetExtension(file) is ".dbg" or ".dwarf" or ".lib" or ".aar");
            var notices = Assert.Single(files, file => file.EndsWith("/THIRD-PARTY-NOTICES.txt", StringComparison.Ordinal));
            using var text = new StreamReader(package.GetEntry(notices)!.Open());
            var said = text.ReadToEnd();
            Assert.All(["libtorch-cpu", "TorchSharp", "Microsoft.ML.OnnxRuntime", "SkiaSharp", "Microsoft.ML.DnnImageFeaturizer.ResNet18"],
                part => Assert.Contains($"\n{part}", said, StringComparison.Ordinal));
        });
    }

    [Fact(Explicit = true)]
    public async Task Tool_InstalledFromTheFolder_ListsModelsAndTrains()
    {
        await all.Made();
        using var place = new SmallImageFolder(3, "bag", "sandal");
        var installed = all.Beside("tool");
        await all.Succeed(all.Beside(""), "tool", "install", "mlvision", "--version", Places.Version, "--tool-path", installed);
        var tool = Path.Combine(installed, OperatingSystem.IsWindows() ? "mlvision.exe" : "mlvision");

        var models = await AppProcess.RunProgram(tool, ["models"]);
        var trained = await AppProcess.RunProgram(
            tool, ["train", "--data", place.Data, "--epochs", "1", "--fine-tune", "head", "--out", place.Beside("out")]);

        Assert.True(models.ExitCode == 0, models.Error);
        Assert.Contains("resnet50", models.Output, StringComparison.Ordinal);
        Assert.True(trained.ExitCode == 0, trained.Error);
        Assert.True(File.Exists(Path.Combine(place.Beside("out"), "model.zip")));
    }

    /// <summary>The examples of the XML documentation, in one app.</summary>
    [Fact(Explicit = true)]
    public async Task Examples_OfAllLibraries_Compile()
    {
        await all.Made();
        var examples = Libraries.SelectMany(ExamplesOf).ToList();
        var references = Libraries.Select(id => $"""<PackageReference Include="{id}" Version="{Places.Version}" />""")
            .Append($"""<PackageReference Include="libtorch-cpu-{OutsideFolder.Platform}" Version="2.10.0" />""")
            .Append("""<FrameworkReference Include="Microsoft.AspNetCore.App" />""");
        var methods = examples.Select((code, index) => $"    static async Task Example{index}()\n    {{\n{code}\n    }}\n");

        var app = all.WriteApp("examples", ExamplesProgram.Replace("METHODS", string.Concat(methods), StringComparison.Ordinal),
            string.Concat(references));

        Assert.InRange(examples.Count, 20, 1000);
        await all.Succeed(app, "build", "-p:NoWarn=CS1998");
    }

    private IEnumerable<string> ExamplesOf(string id)
    {
        using var package = Open(id);
        using var documentation = package.GetEntry($"lib/net10.0/{id}.xml")!.Open();
        return XDocument.Load(documentation).Descendants("example").Select(example => example.Element("code")!.Value).ToList();
    }

    private ZipArchive Open(string id) => ZipFile.OpenRead(Path.Combine(all.Packages, $"{id}.{Places.Version}.nupkg"));
}
