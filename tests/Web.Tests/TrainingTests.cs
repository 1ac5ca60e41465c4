using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Web.Training;

namespace Web.Tests;

/// <summary>Training over HTTP, as the page's forms do it.</summary>
[Collection("Training takes all cores")]
public sealed class TrainingTests
{
    private static readonly (string Name, string Value)[] Quick =
        [("folder", "flowers/train"), ("preset", "quick"), ("lastLayerOnly", "yes")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Training_TwoFlowers_GivesModelReportAndFirstPlace()
    {
        await using var site = await StartAsync(images: 6);

        using var started = await site.SubmitAsync("/training", Quick);
        var ticks = await TicksAsync(site);
        using var first = await site.SubmitAsync("/models/first", ("name", "flowers"));
        var image = File.ReadAllBytes(Directory.GetFiles(Path.Combine(Given.Flowers, "test", "sunflowers"))[0]);
        var (_, answer) = await site.PostAsync("/predict", Given.Form(image));
        using var report = await site.Client.GetAsync("/models/flowers/report.html", Token);

        Assert.Equal("/training", started.Headers.Location?.OriginalString);
        Assert.Equal(TrainingStatus.Completed, site.Room.State.Status);
        Assert.True(ticks[^1].GetProperty("epochs").GetInt32() >= 1);
        Assert.Equal(["daisy", "sunflowers"], answer.GetProperty("scores").EnumerateObject().Select(score => score.Name));
        Assert.Equal(
            ["model.onnx", "model.zip", "report.html"],
            Directory.EnumerateFiles(Path.Combine(site.ModelFolder, "flowers")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains("sandbox", report.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("text/html", report.Content.Headers.ContentType?.MediaType);
        AssertStock(Path.Combine(site.ModelFolder, "flowers", "model.zip"));
    }

    [Fact]
    public async Task Training_Cancelled_LeavesNothing()
    {
        await using var site = await StartAsync(images: 15);

        using var started = await site.SubmitAsync("/training", ("folder", "flowers/train"), ("preset", "best"));
        using var second = await site.SubmitAsync("/training", Quick);
        using var cancelled = await site.SubmitAsync("/training/cancel");
        await TicksAsync(site);

        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Equal(TrainingStatus.Cancelled, site.Room.State.Status);
        Assert.Empty(Directory.EnumerateFileSystemEntries(site.ModelFolder));
    }

    [Theory]
    [InlineData("../secret", "lies outside the folder that may be learned from")]
    [InlineData("flowers/../../secret", "lies outside the folder that may be learned from")]
    [InlineData("/etc", "lies outside the folder that may be learned from")]
    [InlineData("linked", "has links in it or leads over one")]
    [InlineData("linked/daisy", "has links in it or leads over one")]
    [InlineData("mixed", "has links in it or leads over one")]
    [InlineData("tulips", "There is no folder 'tulips'")]
    [InlineData("", "Choose a folder")]
    [InlineData("flowers", "choose one of them")]
    public async Task Training_FolderThatMayNotBeRead_IsRefused(string folder, string words)
    {
        await using var site = await RunningSite.StartAsync(model: null, place =>
        {
            Given.CopyFlowers(Path.Combine(place, "secret"), images: 2);
            Given.CopyFlowers(Path.Combine(place, "root", "flowers", "train"), images: 2);
            Given.CopyFlowers(Path.Combine(place, "root", "flowers", "test"), images: 2);
            Given.CopyFlowers(Path.Combine(place, "root", "mixed"), images: 2);
            Directory.CreateSymbolicLink(Path.Combine(place, "root", "linked"), Path.Combine(place, "secret"));
            Directory.CreateSymbolicLink(Path.Combine(place, "root", "mixed", "roses"), Path.Combine(place, "secret", "daisy"));
        });

        using var response = await site.SubmitAsync("/training", ("folder", folder), ("preset", "quick"));
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(words, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(TrainingStatus.None, site.Room.State.Status);
        Assert.Empty(Directory.EnumerateFileSystemEntries(site.ModelFolder));
    }

    /// <summary>A person sees the sentence on the page, and the form again.</summary>
    [Fact]
    public async Task Training_RefusedInABrowser_ShowsThePageWithTheReason()
    {
        await using var site = await StartAsync(images: 2);
        site.Client.DefaultRequestHeaders.Accept.ParseAdd("text/html");

        using var response = await site.SubmitAsync("/training", ("folder", "../secret"), ("preset", "quick"));
        var page = await response.Content.ReadAsStringAsync(Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("lies outside the folder that may be learned from", page, StringComparison.Ordinal);
        Assert.Contains("<select id=\"folder\"", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fast")]
    [InlineData("17")]
    public async Task Training_UnknownPreset_IsRefused(string preset)
    {
        await using var site = await StartAsync(images: 2);

        using var response = await site.SubmitAsync("/training", ("folder", "flowers/train"), ("preset", preset));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Training_ImageThatIsALink_IsRefused()
    {
        await using var site = await RunningSite.StartAsync(model: null, place =>
        {
            Given.CopyFlowers(Path.Combine(place, "secret"), images: 1);
            Given.CopyFlowers(Path.Combine(place, "root", "flowers"), images: 2);
            File.CreateSymbolicLink(
                Path.Combine(place, "root", "flowers", "daisy", "link.jpg"),
                Directory.GetFiles(Path.Combine(place, "secret", "daisy"))[0]);
        });

        using var response = await site.SubmitAsync("/training", ("folder", "flowers"), ("preset", "quick"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Training_ImagesThatCannotBeRead_EndInASentence()
    {
        await using var site = await RunningSite.StartAsync(model: null, place =>
        {
            Given.CopyFlowers(Path.Combine(place, "root", "flowers"), images: 2);
            foreach (var image in Directory.EnumerateFiles(Path.Combine(place, "root"), "*.jpg", SearchOption.AllDirectories))
            {
                File.WriteAllText(image, "no image");
            }
        });

        using var started = await site.SubmitAsync("/training", ("folder", "flowers"), ("preset", "quick"), ("lastLayerOnly", "yes"));
        await TicksAsync(site);

        Assert.Equal(TrainingStatus.Failed, site.Room.State.Status);
        Assert.Contains("readable images", site.Room.State.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(site.ModelFolder));
    }

    [Theory]
    [InlineData("/models/flowers/appsettings.json")]
    [InlineData("/models/..%2Fsecret/model.zip")]
    [InlineData("/models/none/model.zip")]
    public async Task Download_WhatIsNoFileOfAModel_IsNotFound(string path)
    {
        await using var site = await RunningSite.StartAsync(
            model: null,
            place => File.WriteAllText(
                Path.Combine(Directory.CreateDirectory(Path.Combine(place, "secret")).FullName, "model.zip"), "x"));

        using var response = await site.Client.GetAsync(path, Token);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private static Task<RunningSite> StartAsync(int images) => RunningSite.StartAsync(
        model: null, place => Given.CopyFlowers(Path.Combine(place, "root", "flowers", "train"), images));

    /// <summary>Follows the events until the training ends.</summary>
    private static async Task<List<JsonElement>> TicksAsync(RunningSite site)
    {
        using var stream = await site.Client.GetStreamAsync("/training/events", Token);
        using var reader = new StreamReader(stream);
        var ticks = new List<JsonElement>();
        while (await reader.ReadLineAsync(Token) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                ticks.Add(JsonSerializer.Deserialize<JsonElement>(line["data: ".Length..]));
            }
        }

        return ticks;
    }

    /// <summary>The zip takes a path and yields text, in stock ML.NET.</summary>
    private static void AssertStock(string zip)
    {
        var ml = new MLContext(1);
        var model = ml.Model.Load(zip, out var schema);

        Assert.Equal(["ImagePath"], schema.Select(column => column.Name));
        Assert.Equal(TextDataViewType.Instance, model.GetOutputSchema(schema)["PredictedLabel"].Type);
    }
}
