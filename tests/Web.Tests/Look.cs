using Browser.Tests;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace Web.Tests;

/// <summary>A page that is watched, and what everyone may expect of it.</summary>
internal sealed class Look : IAsyncDisposable
{
    // A test is to fail for what it sees, not because the machine has other work.
    private const float PatienceMilliseconds = 120_000;

    private readonly IBrowserContext _context;
    private readonly List<string> _faults = [];

    private Look(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            // A refused request is what some tests are about; a script that the policy blocks or that fails is a fault.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                _faults.Add(message.Text);
            }
        };
        page.PageError += (_, error) => _faults.Add(error);
    }

    public IPage Page { get; }

    /// <summary>Opens a page of the site.</summary>
    /// <param name="chromium">The browser.</param>
    /// <param name="address">The page.</param>
    /// <param name="width">Of the window, in pixels; a narrow one is a phone's.</param>
    /// <param name="isDark">Whether the system is dark.</param>
    public static async Task<Look> AtAsync(Chromium chromium, Uri address, int width = 1100, bool isDark = false)
    {
        const int LargestPhone = 500;
        var context = await chromium.OpenAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 800 },
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            HasTouch = width < LargestPhone,
            IsMobile = width < LargestPhone,
        });
        context.SetDefaultTimeout(PatienceMilliseconds);
        Assertions.SetDefaultExpectTimeout(PatienceMilliseconds);
        var look = new Look(context, await context.NewPageAsync());
        await look.Page.GotoAsync(address.ToString());
        return look;
    }

    /// <summary>
    /// Whatever it shows: no rule of accessibility is broken, nothing is wider than the window, no script failed. With the environment
    /// variable <c>MLVISION_PICTURES</c> a picture is kept in the folder that it names.
    /// </summary>
    public async Task AssertSoundAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("MLVISION_PICTURES") is { Length: > 0 } folder)
        {
            await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
        }

        var axe = await Page.RunAxe();
        Assert.Empty(axe.Violations.Select(rule =>
            $"{name}: {rule.Id}: {rule.Help}: {string.Join("; ", rule.Nodes.Select(node => node.Html))}"));
        Assert.True(
            await Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{name} is wider than the window.");
        Assert.Empty(_faults);
    }

    public async ValueTask DisposeAsync() => await _context.CloseAsync();
}
