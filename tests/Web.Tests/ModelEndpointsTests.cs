using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MLNetExtensions.Tests.Scoring;
using TestImages;

namespace Web.Tests;

/// <summary>The service: what programs ask.</summary>
public sealed class ModelEndpointsTests : IDisposable
{
    private readonly ImageFiles _files = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // Its colours are strongest in green: TinyClassifier's label follows.
    private byte[] Image => File.ReadAllBytes(_files.AddImage("x.png", seed: 1));

    private string Model => Given.ModelWithHeat(Path.Combine(_files.Folder, "colours.onnx"));

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Predict_Image_GivesLabelAndScores(bool isForm)
    {
        await using var site = await RunningSite.StartAsync(Model);

        var (status, answer) = await site.PostAsync("/predict", isForm ? Given.Form(Image) : Given.Body(Image, "image/png"));

        Assert.Equal((200, "green"), (status, answer.GetProperty("label").GetString()));
        Assert.Equal(["red", "green", "blue"], answer.GetProperty("scores").EnumerateObject().Select(score => score.Name));
    }

    [Fact]
    public async Task Predict_NamedModel_Answers()
    {
        await using var site = await RunningSite.StartAsync(
            Model, folder => TinyClassifier.WriteOnnx(Path.Combine(folder, "models", "german.onnx"), "rot", "grün", "blau"));

        var (_, answer) = await site.PostAsync("/predict?model=german", Given.Form(Image));
        var names = await site.Client.GetFromJsonAsync<JsonElement>("/models", Token);

        Assert.Equal("grün", answer.GetProperty("label").GetString());
        Assert.Equal(["colours", "german"], names.EnumerateArray().Select(model => model.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("german", 404, "There is no model 'german'")]
    [InlineData("../colours", 404, "There is no model '../colours'")]
    [InlineData("broken", 503, "broken.zip")]
    public async Task Predict_ModelThatCannotAnswer_SaysSo(string model, int expected, string words)
    {
        await using var site = await RunningSite.StartAsync(
            Model, folder => File.WriteAllText(Path.Combine(folder, "models", "broken.zip"), "no model"));

        var (status, problem) = await site.PostAsync($"/predict?model={Uri.EscapeDataString(model)}", Given.Form(Image));

        Assert.Equal(expected, status);
        Assert.Contains(words, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predict_NoModel_SaysHowToGetOne()
    {
        await using var site = await RunningSite.StartAsync(model: null);

        var (status, problem) = await site.PostAsync("/predict", Given.Form(Image));
        var health = await site.Client.GetStringAsync("/health", Token);

        Assert.Equal((503, "Degraded"), (status, health));
        Assert.Contains("--model FILE", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    /// <summary>One model in memory, two that are asked in turns: each is loaded again, and none is closed under a request.</summary>
    [Fact]
    public async Task Predict_MoreModelsThanMayBeLoaded_AllAnswer()
    {
        await using var site = await RunningSite.StartAsync(
            Model, folder => TinyClassifier.WriteOnnx(Path.Combine(folder, "models", "german.onnx"), "rot", "grün", "blau"),
            "--Models:MostLoaded", "1");

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            turn => site.PostAsync($"/predict?model={(turn % 2 == 0 ? "colours" : "german")}", Given.Form(Image))));

        Assert.All(answers.Index(), answer => Assert.Equal(
            answer.Index % 2 == 0 ? "green" : "grün", answer.Item.Answer.GetProperty("label").GetString()));
    }

    [Fact]
    public async Task Explain_ModelWithHeat_DrawsIt()
    {
        await using var site = await RunningSite.StartAsync(Model);

        using var response = await site.Client.PostAsync("/explain", Given.Form(Image), Token);

        Assert.Equal("image/png", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("\u0089PNG"u8[2..].ToArray(), (await response.Content.ReadAsByteArrayAsync(Token))[1..4]);
    }

    [Fact]
    public async Task Explain_ModelWithoutHeat_IsRefused()
    {
        await using var site = await RunningSite.StartAsync(TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, "plain.onnx")));

        var (status, problem) = await site.PostAsync("/explain", Given.Form(Image));

        Assert.Equal(409, status);
        Assert.Contains("gives no heat map", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_ModelInUse_IsHealthy()
    {
        await using var site = await RunningSite.StartAsync(Model);

        Assert.Equal("Healthy", await site.Client.GetStringAsync("/health", Token));
    }

    [Fact]
    public async Task OpenApi_Predict_DescribesTheImageAndTheAnswers()
    {
        await using var site = await RunningSite.StartAsync(Model);

        var document = await site.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Token);

        var paths = document.GetProperty("paths");
        var predict = paths.GetProperty("/predict").GetProperty("post");
        Assert.Equal(["/predict", "/explain", "/models", "/models/{name}"], paths.EnumerateObject().Select(path => path.Name));
        Assert.Equal(
            "binary",
            predict.GetProperty("requestBody").GetProperty("content").GetProperty("multipart/form-data").GetProperty("schema")
                .GetProperty("properties").GetProperty("image").GetProperty("format").GetString());
        Assert.Equal(
            ["200", "400", "404", "413", "415", "429", "503"],
            predict.GetProperty("responses").EnumerateObject().Select(response => response.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Get_NoSuchPage_IsProblemDetails()
    {
        await using var site = await RunningSite.StartAsync(Model);

        using var response = await site.Client.GetAsync("/nowhere", Token);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Predict_MoreThanTheRate_GetsTooManyRequests()
    {
        await using var site = await RunningSite.StartAsync(Model, null, "--Limits:RequestsPerSecond", "1");

        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 20; i++)
        {
            using var response = await site.Client.PostAsync("/predict", Given.Form(Image), Token);
            statuses.Add(response.StatusCode);
        }

        Assert.Contains(HttpStatusCode.OK, statuses);
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
    }

    [Theory]
    [InlineData("'--modle' is no argument", "--modle", "x.zip")]
    [InlineData("'--model' needs a value", "--model")]
    [InlineData("The settings in 'Limits' cannot be read", "--Limits:MaxBites", "5")]
    [InlineData("RequestsPerSecond must be at least 1", "--Limits:RequestsPerSecond", "0")]
    public void Build_ArgumentThatCannotBeMeant_SaysSo(string words, params string[] arguments)
    {
        var error = Assert.Throws<BadSettingException>(() => Site.Build(arguments));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }
}
