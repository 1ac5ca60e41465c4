using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary>The page of <c>mlvision new --browser</c>, as someone uses it.</summary>
public sealed class PageTests(Chromium chromium, GeneratedPage page) : IClassFixture<Chromium>, IClassFixture<GeneratedPage>
{
    private static readonly string Garment = Directory.GetFiles(
        Path.Combine(Places.Samples, "data", "fashion-mnist", "test", "trouser")).Order(StringComparer.Ordinal).First();

    private static readonly string Flower = Directory.GetFiles(
        Path.Combine(Places.Flowers, "test", "roses")).Order(StringComparer.Ordinal).First();

    /// <summary>The model, the runtime and the pictures are of one machine, but the browser decodes JPEG by itself.</summary>
    [Fact]
    public async Task Choose_AllFlowers_HaveTheLabelsOfTheCommandLine()
    {
        await using var opened = await OpenAsync();
        var images = Directory.GetFiles(Places.Flowers, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        var expected = await GeneratedPage.LabelsOfAsync(images);

        var same = 0;
        foreach (var image in images)
        {
            same += await opened.LabelAsync(image) == expected[image] ? 1 : 0;
        }

        Assert.InRange(same, (int)Math.Ceiling(0.98 * images.Count), images.Count);
    }

    [Fact]
    public async Task Choose_Photograph_ShowsRankedScoresAndHeat()
    {
        await using var opened = await OpenAsync();

        var label = await opened.LabelAsync(Garment);

        Assert.Equal("trouser", label);
        var names = await opened.Page.Locator("#scores .name").AllTextContentsAsync();
        Assert.Equal((10, "trouser"), (names.Count, names[0]));
        Assert.True(await opened.Page.Locator("#stranger").IsHiddenAsync());
        var plain = await PictureAsync(opened);
        await opened.Page.Locator("#heat").CheckAsync();
        Assert.NotEqual(plain, await PictureAsync(opened));
    }

    [Fact]
    public async Task Choose_Stranger_SaysThatItMayBeNoneOfThese()
    {
        await using var opened = await OpenAsync();

        await opened.LabelAsync(Flower);

        await Assertions.Expect(opened.Page.Locator("#stranger")).ToContainTextAsync("Perhaps none of these");
    }

    [Fact]
    public async Task Choose_TextFile_SaysSo()
    {
        await using var opened = await OpenAsync();

        await opened.ChooseAsync("notes.jpg", "no picture"u8.ToArray());

        await Assertions.Expect(opened.Page.Locator("#problem"))
            .ToHaveTextAsync("“notes.jpg” cannot be read as a photograph, or is too large for this browser.");
        Assert.Equal("trouser", await opened.LabelAsync(Garment));
    }

    [Fact]
    public async Task Drop_Photograph_IsLabelled()
    {
        await using var opened = await OpenAsync();

        await opened.GiveAsync("drop", "dataTransfer", Garment);

        await Assertions.Expect(opened.Page.Locator("#label")).ToHaveTextAsync("trouser");
    }

    [Fact]
    public async Task Paste_Photograph_IsLabelled()
    {
        await using var opened = await OpenAsync();

        await opened.GiveAsync("paste", "clipboardData", Garment);

        await Assertions.Expect(opened.Page.Locator("#label")).ToHaveTextAsync("trouser");
    }

    [Fact]
    public async Task Camera_Allowed_ShowsLabelsUntilItIsStopped()
    {
        await using var opened = await OpenAsync(new BrowserNewContextOptions { Permissions = ["camera"] });

        await opened.Page.Locator("#camera").ClickAsync();

        await Assertions.Expect(opened.Page.Locator("#label")).Not.ToBeEmptyAsync();
        await opened.Page.GetByText("Stop the camera").ClickAsync();
        await Assertions.Expect(opened.Page.Locator("#status")).ToHaveTextAsync("The camera is off.");
    }

    [Theory]
    [InlineData("NotFoundError", "There is no camera on this machine.")]
    [InlineData("NotAllowedError", "The camera may not be used: the browser was told not to allow it.")]
    public async Task Camera_NoneOrForbidden_SaysSo(string error, string expected)
    {
        await using var opened = await OpenAsync(
            script: $"navigator.mediaDevices.getUserMedia = async () => {{ throw new DOMException('no', '{error}'); }}");

        await opened.Page.Locator("#camera").ClickAsync();

        await Assertions.Expect(opened.Page.Locator("#problem")).ToHaveTextAsync(expected);
    }

    [Fact]
    public async Task Open_ModelIsMissing_SaysSo()
    {
        page.SkipWithoutRuntime();
        using var copy = new PageCopy(page.Folder);
        copy.Delete("Garments.onnx");

        await using var opened = await OpenedPage.OpenAsync(chromium, copy.Folder, waits: false);

        await Assertions.Expect(opened.Page.Locator("#problem")).ToHaveTextAsync(
            "The file Garments.onnx cannot be loaded: the server answered 404. It belongs beside this page.");
    }

    [Fact]
    public async Task Open_ServerIsGone_WorksFromWhatWasKept()
    {
        await using var opened = await OpenAsync();
        await Assertions.Expect(opened.Page.Locator("html[data-offline=ready]")).ToBeAttachedAsync();

        await opened.StopServerAsync();
        await opened.Page.ReloadAsync();
        await opened.WaitAsync();

        Assert.Equal("trouser", await opened.LabelAsync(Garment));
    }

    /// <summary>Everything that the page asks for is one of its own files, and none of these requests carries anything.</summary>
    [Fact]
    public async Task Choose_Photograph_SendsNothing()
    {
        await using var opened = await OpenAsync();
        List<IRequest> requests = [];
        opened.Page.Request += (_, request) => requests.Add(request);

        await opened.LabelAsync(Garment);
        await opened.Page.ReloadAsync();
        await opened.WaitAsync();

        Assert.NotEmpty(requests);
        Assert.All(requests, request => Assert.Equal("GET", request.Method));
        Assert.All(requests, request => Assert.True(
            request.Url.StartsWith(opened.Address, StringComparison.Ordinal) || request.Url.StartsWith("data:", StringComparison.Ordinal)
                || request.Url.StartsWith("blob:", StringComparison.Ordinal), request.Url));
        Assert.Empty(opened.Errors);
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 360)]
    [InlineData(ColorScheme.Dark, 360)]
    public async Task Axe_EmptyAnsweredAndFailed_FindsNoViolation(ColorScheme colours, int width)
    {
        await using var opened = await OpenAsync(new BrowserNewContextOptions
        {
            ColorScheme = colours,
            ViewportSize = new ViewportSize { Width = width, Height = 800 },
        });

        await AssertAccessibleAsync(opened);
        await opened.LabelAsync(Flower);
        await opened.Page.Locator("#heat").CheckAsync();
        await AssertAccessibleAsync(opened);
        await opened.ChooseAsync("notes.txt", "no picture"u8.ToArray());
        await Assertions.Expect(opened.Page.Locator("#problem")).Not.ToBeEmptyAsync();
        await AssertAccessibleAsync(opened);
        Assert.True(await opened.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"));
    }

    /// <summary>The sample's page is what the command writes; its model and runtime are not kept in the repository.</summary>
    [Fact]
    public void Sample_OfTheRepository_IsWhatTheCommandWrites()
    {
        page.SkipWithoutRuntime();
        var sample = Path.Combine(Places.Samples, "Browser");
        var generated = Directory.EnumerateFiles(page.Folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(page.Folder, file))
            .Where(file => Path.GetExtension(file) is not (".onnx" or ".wasm") && !(file.StartsWith("onnxruntime", StringComparison.Ordinal)
                && file.EndsWith(".js", StringComparison.Ordinal)));

        Assert.All(generated, file => Assert.Equal(
            File.ReadAllText(Path.Combine(page.Folder, file)),
            File.ReadAllText(Path.Combine(sample, file)).ReplaceLineEndings("\n")));
    }

    private async Task<OpenedPage> OpenAsync(BrowserNewContextOptions? options = null, string? script = null)
    {
        page.SkipWithoutRuntime();
        return await OpenedPage.OpenAsync(chromium, page.Folder, options, script);
    }

    private static async Task AssertAccessibleAsync(OpenedPage opened) =>
        Assert.Empty((await opened.Page.RunAxe()).Violations.Select(violation => $"{violation.Id}: {violation.Help}"));

    private static Task<string> PictureAsync(OpenedPage opened) =>
        opened.Page.EvaluateAsync<string>("document.getElementById('picture').toDataURL()");
}
