using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Web.Tests.Chromium))]

namespace Web.Tests;

/// <summary>The Chromium of this machine, started once for all tests.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const int Patience = 120_000;
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome.exe"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Its program; null where there is none.</summary>
    private static string? Program => Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named ? named
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    /// <summary>Opens a page.</summary>
    /// <param name="width">Of the window, in pixels.</param>
    /// <param name="isDark">Whether the system is dark.</param>
    public async Task<IPage> OpenAsync(int width = 1100, bool isDark = false)
    {
        Assert.SkipWhen(_browser is null, "There is no Chromium on this machine: apt-get install chromium, or set CHROMIUM.");
        var page = await _browser!.NewPageAsync(new BrowserNewPageOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 800 },
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            HasTouch = width < 500,
            IsMobile = width < 500,
        });
        // A test is to fail for what it sees, not because the machine has other work.
        page.SetDefaultTimeout(Patience);
        Assertions.SetDefaultExpectTimeout(Patience);
        return page;
    }

    public async ValueTask InitializeAsync()
    {
        if (Program is { } program)
        {
            _playwright = await Playwright.CreateAsync();
            // As root, which containers are, Chromium has no sandbox.
            _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = ["--no-sandbox"] });
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}
