using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Web.Tests;

/// <summary>A page that is watched, and what everyone may expect of it.</summary>
internal sealed class Look
{
    private readonly List<string> _faults = [];

    private Look(IPage page)
    {
        Page = page;
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
    public static async Task<Look> AtAsync(Chromium browser, Uri address, int width = 1100, bool isDark = false)
    {
        var look = new Look(await browser.OpenAsync(width, isDark));
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
}
