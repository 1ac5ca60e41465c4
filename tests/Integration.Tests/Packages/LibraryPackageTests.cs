using System.Text.RegularExpressions;

namespace Integration.Tests.Packages;

/// <summary>Apps outside the repository that add a package of ours, as a stranger does.</summary>
public sealed partial class LibraryPackageTests(BuiltLibraries outside) : IClassFixture<BuiltLibraries>, IDisposable
{
    private const string ScoringProgram = """
        using MLVision.MLNetExtensions.Scoring;

        using var classifier = ImageClassifier.Load(args[0]);
        Console.WriteLine(classifier.Predict(args[1]).Label);
        """;

    private const string StockProgram = """
        using Microsoft.ML;
        using Microsoft.ML.Data;

        var ml = new MLContext();
        var model = ml.Model.Load(args[0], out _);
        var images = ml.Data.LoadFromEnumerable([new Photograph { ImagePath = args[1] }]);
        Console.WriteLine(model.Transform(images).GetColumn<string>("PredictedLabel").Single());

        public sealed class Photograph { public string ImagePath { get; set; } = ""; }
        """;

    private readonly SmallImageFolder _place = new(3, "bag", "sandal");

    public void Dispose() => _place.Dispose();

    /// <summary>The build's own words are followed to the letter.</summary>
    [Fact]
    public async Task Trainers_AppWithoutLibtorch_NamesTheLineWithWhichItTrains()
    {
        var (folder, refusal) = await outside.TrainingApp();
        var model = Path.Combine(folder, "model.zip");

        var scored = await outside.Succeed(folder, "run", "--no-build", "--", _place.Data, model);

        Assert.Contains("error MLVISION001: ", refusal, StringComparison.Ordinal);
        Assert.Equal("6", scored.Trim());
        Assert.True(File.Exists(model));
    }

    [Fact]
    public async Task Trainers_PlainBuild_HasOnnxRuntimeForComputersButNotForPhones()
    {
        var (folder, _) = await outside.TrainingApp();

        var platforms = Directory.GetDirectories(Path.Combine(folder, "bin", "Debug", "net10.0", "runtimes"))
            .Select(Path.GetFileName).ToList();

        Assert.Contains("win-x64", platforms);
        Assert.Contains("linux-x64", platforms);
        Assert.DoesNotContain("android", platforms);
        Assert.DoesNotContain("ios", platforms);
    }

    /// <summary>Packages are resolved, nothing is compiled; there is no libtorch package for the last platform.</summary>
    [Theory]
    [InlineData("-p:RuntimeIdentifier=win-x64", 1, "Include=\"libtorch-cpu-win-x64\" Version=")]
    [InlineData("-p:RuntimeIdentifier=osx-arm64", 1, "Include=\"libtorch-cpu-osx-arm64\" Version=")]
    [InlineData("-p:OutputType=Library", 0, "")]
    [InlineData("-p:MLVisionCheckLibtorch=false", 0, "")]
    [InlineData("-p:RuntimeIdentifier=linux-arm64", 0, "warning MLVISION002: There is no libtorch for linux-arm64")]
    public async Task Trainers_ProjectWithoutLibtorch_IsToldWhereItNeedsOne(string property, int exitCode, string words)
    {
        var app = outside.WriteApp("asks", ScoringProgram, BuiltLibraries.Line("MLVision.Trainers"));

        var run = await outside.Dotnet(app, "build", "-t:ResolvePackageAssets", "-p:UseAppHost=false", property);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(words, run.Output, StringComparison.Ordinal);
        Assert.Equal(exitCode == 1, run.Output.Contains("MLVISION001", StringComparison.Ordinal));
    }

    [Fact]
    public async Task MLNetExtensions_PublishedForOnePlatform_HasNoLibtorchAndNoOtherPlatform()
    {
        var app = outside.WriteApp("scores", ScoringProgram, BuiltLibraries.Line("MLVision.MLNetExtensions"));
        var onnx = _place.Beside("model.onnx");
        await AppProcess.Run(Places.CommandLine, ["export", "--arch", "resnet20", "--classes", "2", "--out", onnx]);

        await outside.Succeed(app, "publish", "-r", OutsideFolder.Platform, "--no-self-contained", "-o", "published");

        var published = Path.Combine(app, "published");
        var files = Directory.GetFiles(published, "*", SearchOption.AllDirectories);
        Assert.DoesNotContain(files, file => file.Contains("torch", StringComparison.OrdinalIgnoreCase));
        Assert.Empty(Directory.GetDirectories(published));
        Assert.InRange(files.Sum(file => new FileInfo(file).Length), 1, 80_000_000);     // 47 million on Linux
        var image = Directory.GetFiles(_place.Data, "*", SearchOption.AllDirectories)[0];
        Assert.NotEmpty((await outside.Succeed(published, "scores.dll", onnx, image)).Trim());
    }

    /// <summary>The lines that README gives to an app without anything of ours.</summary>
    [Fact]
    public async Task StockApp_FourPackagesOfReadme_LoadsAModel()
    {
        var app = outside.WriteApp("stock", StockProgram, string.Concat(StockLines().Matches(await File.ReadAllTextAsync(
            Path.Combine(Places.RepositoryRoot, "README.md"), TestContext.Current.CancellationToken)).Select(line => line.Value)));
        var model = _place.Beside("stock.zip");
        var train = await AppProcess.Run(
            Places.CommandLine,
            ["train", "--data", _place.Data, "--arch", "resnet20", "--epochs", "1", "--out", _place.Beside("out")]);
        Assert.True(train.ExitCode == 0, train.Error);
        File.Move(Path.Combine(_place.Beside("out"), "model.zip"), model);

        var image = Directory.GetFiles(_place.Data, "*", SearchOption.AllDirectories)[0];
        var label = (await outside.Succeed(app, "run", "--", model, image)).Trim();

        Assert.True(label is "bag" or "sandal", label);
    }

    /// <summary>README's first example, but for the packages' version and the platform.</summary>
    [Fact]
    public async Task HelloApp_FewPhotographs_TrainsAndLabelsThem()
    {
        var hello = await File.ReadAllTextAsync(Places.Hello, TestContext.Current.CancellationToken);
        Assert.Contains($"MLVision.Trainers@{Places.Version}\n", hello.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        var folder = Directory.CreateDirectory(outside.Beside("hello")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "hello.cs"),
            hello.Replace($"MLVision.Trainers@{Places.Version}", $"MLVision.Trainers@{BuiltLibraries.Version}", StringComparison.Ordinal)
                .Replace("libtorch-cpu-linux-x64", $"libtorch-cpu-{OutsideFolder.Platform}", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        CopySome(folder, "train", "roses", "tulips");
        CopySome(folder, "test", "roses");
        Directory.CreateDirectory(Path.Combine(folder, "artifacts"));

        var output = await outside.Succeed(folder, "run", "hello.cs");

        var lines = output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.All(lines, line => Assert.Matches(@"^samples.*roses.*\.jpg looks like (roses|tulips)$", line));
    }

    private static void CopySome(string folder, string part, params string[] labels)
    {
        foreach (var label in labels)
        {
            var target = Directory.CreateDirectory(Path.Combine(folder, "samples", "data", "flowers", part, label)).FullName;
            foreach (var image in Directory.GetFiles(Path.Combine(Places.Flowers, part, label)).Order(StringComparer.Ordinal).Take(4))
            {
                File.Copy(image, Path.Combine(target, Path.GetFileName(image)));
            }
        }
    }

    [GeneratedRegex("^<PackageReference .*/>", RegexOptions.Multiline)]
    private static partial Regex StockLines();
}
