using Browser.Tests;
using Microsoft.Playwright;
using MLNetExtensions.Tests.Scoring;
using TestImages;

namespace Web.Tests;

/// <summary>The page that labels, in a real browser.</summary>
public sealed class LabelPageTests(Chromium browser) : IDisposable
{
    private readonly ImageFiles _files = new();

    private string Image => _files.AddImage("meadow.png", seed: 1, width: 300, height: 200);

    private string Model => Given.ModelWithHeat(Path.Combine(_files.Folder, "colours.onnx"));

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(1100, false)]
    [InlineData(1100, true)]
    [InlineData(375, false)]
    public async Task Files_Chosen_AreLabelledWithBarsAndHeatMap(int width, bool isDark)
    {
        await using var site = await RunningSite.StartAsync(Model);
        await using var look = await Look.AtAsync(browser, site.Address, width, isDark);
        var name = $"label-{width}{(isDark ? "-dark" : "")}";
        await look.AssertSoundAsync($"{name}-empty");

        await look.Page.Locator("#files").SetInputFilesAsync([Image, _files.AddFile("note.txt", "no image"u8.ToArray())]);
        await Expect(look.Page.Locator(".word").Last).ToHaveTextAsync("green");
        await Expect(look.Page.Locator(".why-not").First).ToHaveTextAsync(
            "The image cannot be read: it is not an image, or it is damaged.");
        await Expect(look.Page.Locator("#status")).ToContainTextAsync(": ");
        await look.Page.Locator(".card:not(.failed) .why summary").ClickAsync();
        await Expect(look.Page.Locator(".why img")).ToBeVisibleAsync();

        Assert.Equal(["green", "red", "blue"], (await look.Page.Locator(".card:not(.failed) .name").AllTextContentsAsync()).Take(3));
        await look.AssertSoundAsync($"{name}-answered");
    }

    [Theory]
    [InlineData("paste")]
    [InlineData("drop")]
    public async Task Image_PastedOrDropped_IsLabelled(string how)
    {
        await using var site = await RunningSite.StartAsync(Model);
        await using var look = await Look.AtAsync(browser, site.Address);

        await look.Page.EvaluateAsync(
            """
            ([how, bytes]) => {
              const data = new DataTransfer()
              data.items.add(new File([new Uint8Array(bytes)], 'meadow.png', { type: 'image/png' }))
              document.body.dispatchEvent(how === 'paste'
                ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true })
                : new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
            }
            """,
            new object[] { how, File.ReadAllBytes(Image).Select(value => (int)value).ToArray() });

        await Expect(look.Page.Locator(".word")).ToHaveTextAsync("green");
        await Expect(look.Page.Locator("#status")).ToHaveTextAsync("meadow.png: green, > 99.9 %");
    }

    [Fact]
    public async Task Model_Switched_LabelsTheImagesAgain()
    {
        await using var site = await RunningSite.StartAsync(
            Model, folder => TinyClassifier.WriteOnnx(Path.Combine(folder, "models", "german.onnx"), "rot", "grün", "blau"));
        await using var look = await Look.AtAsync(browser, site.Address);
        await look.Page.Locator("#files").SetInputFilesAsync(Image);
        await Expect(look.Page.Locator(".word")).ToHaveTextAsync("green");

        await look.Page.Locator("#model").SelectOptionAsync("german");

        await Expect(look.Page.Locator(".word")).ToHaveTextAsync("grün");
        await Expect(look.Page.Locator("#facts")).ToContainTextAsync("It knows rot, grün, blau.");
        await Expect(look.Page.Locator(".why")).ToBeHiddenAsync();
    }

    /// <summary>A name of a file or a class is text, whatever stands in it.</summary>
    [Fact]
    public async Task Names_WithMarkup_AreShownAsTheyAre()
    {
        const string Markup = "<img src=x onerror=document.title='run'>";
        await using var site = await RunningSite.StartAsync(
            Given.ModelWithHeat(Path.Combine(_files.Folder, "markup.onnx"), "red", Markup, "blue"));
        await using var look = await Look.AtAsync(browser, site.Address);

        await look.Page.Locator("#files").SetInputFilesAsync(new FilePayload
        {
            Name = Markup,
            MimeType = "image/png",
            Buffer = await File.ReadAllBytesAsync(Image, TestContext.Current.CancellationToken),
        });

        await Expect(look.Page.Locator(".word")).ToHaveTextAsync(Markup);
        await Expect(look.Page.Locator(".file")).ToHaveTextAsync(Markup);
        Assert.Equal("Label images", await look.Page.TitleAsync());
        await look.AssertSoundAsync("label-markup");
    }

    [Fact]
    public async Task File_TooLarge_IsRefusedBeforeItIsSent()
    {
        await using var site = await RunningSite.StartAsync(Model);
        await using var look = await Look.AtAsync(browser, site.Address);

        await look.Page.Locator("#files").SetInputFilesAsync(_files.AddFile("noise.jpg", new byte[20_000_000]));

        await Expect(look.Page.Locator(".why-not")).ToHaveTextAsync("The image has 20.0 MB; the limit is 10.0 MB.");
        await look.AssertSoundAsync("label-failed");
    }

    [Fact]
    public async Task Service_Gone_IsSaid()
    {
        await using var site = await RunningSite.StartAsync(Model);
        await using var look = await Look.AtAsync(browser, site.Address);
        await look.Page.RouteAsync("**/predict*", route => route.AbortAsync());

        await look.Page.Locator("#files").SetInputFilesAsync(Image);

        await Expect(look.Page.Locator(".why-not")).ToHaveTextAsync("The service does not answer. Is it still running?");
    }

    [Fact]
    public async Task Service_Thinking_IsShown()
    {
        await using var site = await RunningSite.StartAsync(Model);
        await using var look = await Look.AtAsync(browser, site.Address);
        var thought = new TaskCompletionSource();
        await look.Page.RouteAsync("**/predict*", async route =>
        {
            await thought.Task;
            await route.ContinueAsync();
        });

        await look.Page.Locator("#files").SetInputFilesAsync(Image);
        await Expect(look.Page.Locator(".card[aria-busy=true] .word")).ToHaveTextAsync("Looking…");
        await look.AssertSoundAsync("label-busy");
        thought.SetResult();

        await Expect(look.Page.Locator(".card[aria-busy=false] .word")).ToHaveTextAsync("green");
    }

    /// <summary>Two images that the service sends away once: the page asks again by itself.</summary>
    [Fact]
    public async Task Service_TooBusy_IsAskedAgain()
    {
        await using var site = await RunningSite.StartAsync(Model);
        await using var look = await Look.AtAsync(browser, site.Address);
        var sentAway = 0;
        await look.Page.RouteAsync("**/predict*", route => Interlocked.Increment(ref sentAway) == 1
            ? route.FulfillAsync(new() { Status = 429, Headers = [KeyValuePair.Create("Retry-After", "0.1")] })
            : route.ContinueAsync());

        await look.Page.Locator("#files").SetInputFilesAsync(Image);

        await Expect(look.Page.Locator(".word")).ToHaveTextAsync("green");
        Assert.Equal(2, sentAway);
    }

    [Fact]
    public async Task Keyboard_Alone_ChoosesLooksAndRemoves()
    {
        await using var site = await RunningSite.StartAsync(Model);
        await using var look = await Look.AtAsync(browser, site.Address);
        var order = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            await look.Page.Keyboard.PressAsync("Tab");
            order.Add(await look.Page.EvaluateAsync<string>(
                "document.activeElement.id || document.activeElement.textContent.trim()"));
        }

        Assert.Equal(["Skip to the content", "MLVision", "Label", "Train", "model", "files"], order);
        await look.Page.Locator("#files").SetInputFilesAsync(Image);
        await Expect(look.Page.Locator(".word")).ToHaveTextAsync("green");
        await look.Page.Locator(".why summary").FocusAsync();
        await look.Page.Keyboard.PressAsync("Enter");
        await Expect(look.Page.Locator(".why img")).ToBeVisibleAsync();
        await look.Page.Locator(".remove").FocusAsync();
        await look.Page.Keyboard.PressAsync("Enter");

        await Expect(look.Page.Locator(".card")).ToHaveCountAsync(0);
        Assert.Equal("files", await look.Page.EvaluateAsync<string>("document.activeElement.id"));
    }

    [Fact]
    public async Task NoModel_SaysWhatToDo()
    {
        await using var site = await RunningSite.StartAsync(model: null);

        await using var look = await Look.AtAsync(browser, site.Address);

        await Expect(look.Page.Locator("h2")).ToHaveTextAsync("There is no model yet");
        await look.AssertSoundAsync("label-no-model");
    }

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);
}
