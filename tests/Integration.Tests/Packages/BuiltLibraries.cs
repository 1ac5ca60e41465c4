using System.Text.RegularExpressions;

namespace Integration.Tests.Packages;

/// <summary>The libraries that training and scoring need, packed as they were built for the tests, under a version of their own.</summary>
public sealed partial class BuiltLibraries : OutsideFolder
{
    private const string TrainingProgram = """
        using Microsoft.ML;
        using MLVision.MLNetExtensions.Scoring;
        using MLVision.Trainers.Options;

        var ml = new MLContext(seed: 1);
        var images = ml.Data.LoadImageFolder(args[0]);
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.LoadImages("Image", imageFolder: "", "ImagePath"))
            .Append(ml.Transforms.ImageClassifier("resnet20", new ImageTrainingOptions { Epochs = 1, Weights = "none" }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        ml.Model.Save(pipeline.Fit(images), images.Schema, args[1]);
        using var classifier = ImageClassifier.Load(args[1]);
        Console.WriteLine(classifier.PredictMany(Directory.GetFiles(args[0], "*", SearchOption.AllDirectories)).Count());
        """;

    private Task<(string Folder, string Refusal)>? _trainingApp;

    /// <summary>No package that someone has installed bears it.</summary>
    public static string Version => $"{Places.Version}-outside";

    /// <summary>The line that references one of them.</summary>
    public static string Line(string package) => $"""<PackageReference Include="{package}" Version="{Version}" />""";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        foreach (var library in (string[])["MLNetExtensions", "Trainers"])
        {
            var packed = await AppProcess.Run(
                "pack",
                [
                    $"src/{library}", "-c", Places.Configuration, "--no-build", "-o", Packages, $"-p:PackageVersion={Version}",
                    "-nodeReuse:false",
                ],
                folder: Places.RepositoryRoot);
            Assert.True(packed.ExitCode == 0, packed.Output);
            Assert.DoesNotContain("warning", packed.Output, StringComparison.Ordinal);
        }
    }

    /// <summary>
    /// An app that trains. Returns its folder, and what its first build said; by the line that was named there it was built afterwards.
    /// </summary>
    public Task<(string Folder, string Refusal)> TrainingApp() => _trainingApp ??= BuildTrainingApp();

    private async Task<(string Folder, string Refusal)> BuildTrainingApp()
    {
        var folder = WriteApp("trains", TrainingProgram, Line("MLVision.Trainers"));
        var refused = await Dotnet(folder, "build");
        Assert.Equal(1, refused.ExitCode);
        WriteApp("trains", TrainingProgram, Line("MLVision.Trainers") + LibtorchLine().Match(refused.Output).Value);
        await Succeed(folder, "build");
        return (folder, refused.Output);
    }

    [GeneratedRegex("<PackageReference Include=\"libtorch-[^>]+/>")]
    private static partial Regex LibtorchLine();
}
