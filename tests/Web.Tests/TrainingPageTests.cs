using Browser.Tests;
using Microsoft.Playwright;

namespace Web.Tests;

/// <summary>The page that trains, in a real browser.</summary>
[Collection("Training takes all cores")]
public sealed class TrainingPageTests(Chromium browser)
{
    [Theory]
    [InlineData(1100, false)]
    [InlineData(375, true)]
    public async Task Train_TwoFlowers_ShowsCurvesAndGivesTheModel(int width, bool isDark)
    {
        await using var site = await StartAsync(images: 10);
        await using var look = await Look.AtAsync(browser, new Uri(site.Address, "training"), width, isDark);
        var name = $"train-{width}{(isDark ? "-dark" : "")}";
        await look.AssertSoundAsync($"{name}-empty");

        await look.Page.GetByRole(AriaRole.Button, new() { Name = "Train" }).ClickAsync();
        await Expect(look.Page.Locator("#outcome-title")).ToHaveTextAsync("Trained");
        await look.AssertSoundAsync($"{name}-answered");
        await look.Page.GetByRole(AriaRole.Button, new() { Name = "Use this model" }).ClickAsync();
        await look.Page.Locator("#files").SetInputFilesAsync(
            Directory.GetFiles(Path.Combine(Given.Flowers, "test", "sunflowers")).Order(StringComparer.Ordinal).First());

        await Expect(look.Page.Locator("#facts")).ToContainTextAsync("It knows daisy, sunflowers.");
        await Expect(look.Page.Locator(".why-not")).ToContainTextAsync("of the images that the model knows are as strange");
        await look.Page.Locator(".why summary").ClickAsync();
        await Expect(look.Page.Locator(".why img")).ToBeVisibleAsync();
        await look.AssertSoundAsync($"{name}-used");
    }

    [Fact]
    public async Task Train_WhileItRuns_ShowsCurvesAndCanBeCancelled()
    {
        await using var site = await StartAsync(images: 20);
        await using var look = await Look.AtAsync(browser, new Uri(site.Address, "training"));

        await look.Page.GetByLabel("Best").CheckAsync();
        await look.Page.GetByRole(AriaRole.Button, new() { Name = "Train" }).ClickAsync();
        await Expect(look.Page.Locator("#curves figure")).ToHaveCountAsync(2);
        await Expect(look.Page.Locator("#last")).ToContainTextAsync("Epoch");
        await look.AssertSoundAsync("train-busy");
        await look.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();

        await Expect(look.Page.Locator("#outcome-title")).ToHaveTextAsync("Cancelled");
        await look.AssertSoundAsync("train-cancelled");
    }

    [Fact]
    public async Task Train_ImagesThatCannotBeRead_SaysWhy()
    {
        await using var site = await RunningSite.StartAsync(model: null, place =>
        {
            Given.CopyFlowers(Path.Combine(place, "root", "flowers"), images: 2);
            foreach (var image in Directory.EnumerateFiles(Path.Combine(place, "root"), "*.jpg", SearchOption.AllDirectories))
            {
                File.WriteAllText(image, "no image");
            }
        });
        await using var look = await Look.AtAsync(browser, new Uri(site.Address, "training"));

        await look.Page.GetByRole(AriaRole.Button, new() { Name = "Train" }).ClickAsync();

        await Expect(look.Page.Locator("#outcome-title")).ToHaveTextAsync("No model came of it");
        await look.AssertSoundAsync("train-failed");
    }

    [Fact]
    public async Task Train_NothingToLearnFrom_SaysWhatIsExpected()
    {
        await using var site = await RunningSite.StartAsync(model: null);

        await using var look = await Look.AtAsync(browser, new Uri(site.Address, "training"));

        await Expect(look.Page.Locator("h2")).ToHaveTextAsync("There is nothing to learn from");
        await look.AssertSoundAsync("train-no-folder");
    }

    private static Task<RunningSite> StartAsync(int images) => RunningSite.StartAsync(
        model: null, place => Given.CopyFlowers(Path.Combine(place, "root", "flowers", "train"), images));

    private static ILocatorAssertions Expect(ILocator locator) =>
        Assertions.Expect(locator);
}
