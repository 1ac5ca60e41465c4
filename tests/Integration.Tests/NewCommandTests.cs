using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Integration.Tests;

/// <summary>What <c>mlvision new</c> writes, built and run as its reader does.</summary>
public sealed partial class NewCommandTests : IDisposable
{
    /// <summary>Four digits are printed; see Program.cs of the sample.</summary>
    private const double Tolerance = 0.00006;

    private static readonly string Sample = Path.Combine(Places.RepositoryRoot, "samples", "ModelBuilderStyle");
    private static readonly string Model = Path.Combine(Sample, "Garments.zip");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    private string Out => Path.Combine(_folder.FullName, "app");

    private static string[] Images => [.. Directory.GetFiles(Path.Combine(Places.FashionMnist, "test", "ankle-boot"))
        .Order(StringComparer.Ordinal).Take(3)];

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task New_SamplesModel_WritesTheSample()
    {
        var run = await NewAsync("--name", "Garments", "--out", Out);

        Assert.True(run.ExitCode == 0, run.Error);
        var written = Directory.GetFiles(Out).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(written, run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Path.GetFileName(line.Trim())));
        Assert.All(written, name => Assert.Equal(Content(Path.Combine(Sample, name)), Content(Path.Combine(Out, name))));
        Assert.Equal(written, Directory.GetFiles(Sample).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
        Assert.Equal([Out], Directory.GetFileSystemEntries(_folder.FullName));
    }

    [Fact]
    public async Task Sample_Photographs_HaveTheScoresOfTheCommandLine()
    {
        var sample = await AppProcess.Run(Places.ModelBuilderStyle, Images);
        var predict = await AppProcess.Run(Places.CommandLine, ["predict", "--model", Model, "--json", .. Images]);

        Assert.Equal((0, 0), (sample.ExitCode, predict.ExitCode));
        using var expected = JsonDocument.Parse(predict.Output);
        var blocks = sample.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Chunk(13).ToList();
        Assert.Equal(Images, blocks.Select(block => block[0]));
        Assert.All(blocks.Zip(expected.RootElement.EnumerateArray()), pair =>
        {
            var scores = pair.First[2..12].Select(line => Line().Match(line)).ToDictionary(
                match => match.Groups["name"].Value, match => double.Parse(match.Groups["score"].Value, CultureInfo.InvariantCulture));
            Assert.Equal(pair.Second.GetProperty("label").GetString(), scores.Keys.First());
            Assert.All(pair.Second.GetProperty("scores").EnumerateObject(), score => Assert.Equal(
                score.Value.GetDouble(), scores[score.Name], Tolerance));
        });
    }

    [Fact]
    public async Task Sample_Evaluate_HasTheAccuracyOfTheCommandLine()
    {
        var data = Directory.CreateDirectory(Path.Combine(_folder.FullName, "data")).FullName;
        foreach (var label in new[] { "bag", "coat", "shirt" })
        {
            Directory.CreateDirectory(Path.Combine(data, label));
            var images = Directory.GetFiles(Path.Combine(Places.FashionMnist, "test", label)).Order(StringComparer.Ordinal);
            foreach (var image in images.Take(8))
            {
                File.Copy(image, Path.Combine(data, label, Path.GetFileName(image)));
            }
        }

        await File.WriteAllTextAsync(Path.Combine(data, "bag", "notes.txt"), "no image", TestContext.Current.CancellationToken);

        var sample = await AppProcess.Run(Places.ModelBuilderStyle, ["--evaluate", data]);
        var evaluate = await AppProcess.Run(Places.CommandLine, ["evaluate", "--model", Model, "--data", data, "--json"]);

        Assert.Equal((0, 0), (sample.ExitCode, evaluate.ExitCode));
        Assert.Contains("notes.txt: The file cannot be read as an image.", sample.Error, StringComparison.Ordinal);
        using var expected = JsonDocument.Parse(evaluate.Output);
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"micro-accuracy: {MicroAccuracy(expected):0.0000}"), sample.Output,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cannot be read as an image", "TEXT")]
    [InlineData("Could not find file", "missing.jpg")]
    [InlineData("Name photographs to be labelled")]
    [InlineData("-p:Training=true", "--train", "folder", "model.zip")]
    public async Task Sample_WrongArguments_SaysSoInOneSentence(string expected, params string[] arguments)
    {
        var text = Path.Combine(_folder.FullName, "text.jpg");
        await File.WriteAllTextAsync(text, "no image", TestContext.Current.CancellationToken);

        var run = await AppProcess.Run(Places.ModelBuilderStyle, [.. arguments.Select(argument => argument == "TEXT" ? text : argument)]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(expected, Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    /// <summary>A lone ONNX file, a name that is no identifier: the service is built, started and asked.</summary>
    [Fact]
    public async Task New_WebOfLoneOnnx_BuildsAndAnswersAsTheCommandLine()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var onnx = Path.Combine(_folder.FullName, "tiny.onnx");
        var export = await AppProcess.Run(
            Places.CommandLine, ["export", "--arch", "resnet20", "--classes", "3", "--image-size", "28", "--out", onnx]);
        var written = await AppProcess.Run(Places.CommandLine, ["new", "--model", onnx, "--name", "1-a", "--out", Out, "--web"]);
        var build = await AppProcess.Run("build", [Out, "-c", "Release", "-v", "q"]);
        var predict = await AppProcess.Run(Places.CommandLine, ["predict", "--model", onnx, "--json", Images[0]]);
        Assert.True((export.ExitCode, written.ExitCode, build.ExitCode) == (0, 0, 0), written.Error + build.Output);

        await using var service = await GeneratedService.StartAsync(Path.Combine(Out, "bin", "Release", "net10.0", "1-a.dll"));
        using var image = new ByteArrayContent(await File.ReadAllBytesAsync(Images[0], cancellationToken));
        image.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        using var answer = await service.Client.PostAsync("predict", image, cancellationToken);
        using var form = new MultipartFormDataContent { { new ByteArrayContent("no image"u8.ToArray()), "image", "notes.txt" } };
        using var refusal = await service.Client.PostAsync("predict", form, cancellationToken);
        using var empty = await service.Client.PostAsync("predict", new ByteArrayContent([]), cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, "predict") { Content = new ByteArrayContent(new byte[10_000_001]) };
        request.Headers.ExpectContinue = true;      // or the connection would be closed while the body is still sent
        using var large = await service.Client.SendAsync(request, cancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var found = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
        using var expected = JsonDocument.Parse(predict.Output);
        Assert.Equal(expected.RootElement[0].GetProperty("label").GetString(), found.RootElement.GetProperty("label").GetString());
        Assert.Equal(
            expected.RootElement[0].GetProperty("probability").GetDouble(), found.RootElement.GetProperty("probability").GetDouble(), 1e-5);
        Assert.All(
            [(refusal, HttpStatusCode.BadRequest), (empty, HttpStatusCode.BadRequest), (large, HttpStatusCode.RequestEntityTooLarge)],
            pair =>
            {
                Assert.Equal(pair.Item2, pair.Item1.StatusCode);
                Assert.Equal("application/problem+json", pair.Item1.Content.Headers.ContentType?.MediaType);
            });
    }

    [Theory]
    [InlineData("--name is empty", "--name", "")]
    [InlineData("which is a path", "--name", "../evil")]
    [InlineData("two kinds of app", "--name", "A", "--web", "--browser")]
    [InlineData("give --browser with it", "--name", "A", "--onnxruntime-web", "x.tgz")]
    [InlineData("its SHA-512 is another", "--name", "A", "--browser", "--onnxruntime-web", "TEXT")]
    public async Task New_BadInput_SaysSoInOneSentenceAndWritesNothing(string expected, params string[] arguments)
    {
        var text = Path.Combine(_folder.FullName, "text");
        await File.WriteAllTextAsync(text, "no package", TestContext.Current.CancellationToken);

        var run = await NewAsync([.. arguments.Select(argument => argument == "TEXT" ? text : argument), "--out", Out]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(expected, Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Equal([text], Directory.GetFileSystemEntries(_folder.FullName));
    }

    [Fact]
    public async Task New_FileIsThere_IsKeptUnlessForced()
    {
        Directory.CreateDirectory(Out);
        var own = Path.Combine(Out, "Program.cs");
        await File.WriteAllTextAsync(own, "mine", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(Out, "notes.txt"), "mine", TestContext.Current.CancellationToken);

        var refused = await NewAsync("--name", "Garments", "--out", Out);
        var kept = await File.ReadAllTextAsync(own, TestContext.Current.CancellationToken);
        var files = Directory.GetFiles(Out).Length;
        var forced = await NewAsync("--name", "Garments", "--out", Out, "--force");

        Assert.Equal((2, 0), (refused.ExitCode, forced.ExitCode));
        Assert.Contains("has a 'Program.cs' already", refused.Error, StringComparison.Ordinal);
        Assert.Equal(("mine", 2), (kept, files));
        Assert.NotEqual("mine", await File.ReadAllTextAsync(own, TestContext.Current.CancellationToken));
        Assert.True(File.Exists(Path.Combine(Out, "notes.txt")));
        Assert.Equal([Out], Directory.GetFileSystemEntries(_folder.FullName));
    }

    private static Task<(int ExitCode, string Output, string Error)> NewAsync(params IEnumerable<string> arguments) =>
        AppProcess.Run(Places.CommandLine, ["new", "--model", Model, .. arguments]);

    private static double MicroAccuracy(JsonDocument evaluation) => evaluation.RootElement.GetProperty("microAccuracy").GetDouble();

    private static string Content(string path) => Path.GetExtension(path) == ".zip"
        ? Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))
        : File.ReadAllText(path).ReplaceLineEndings("\n");

    [GeneratedRegex(@"^  (?<name>\S+) +(?<score>[01]\.\d{4})$")]
    private static partial Regex Line();
}
