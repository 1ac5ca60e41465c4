using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary>The Chromium of this system, started once for all tests; they are skipped where there is none.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Path of the program; null where there is none.</summary>
    private static string? Program => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name)))
        .FirstOrDefault(File.Exists);

    public async ValueTask InitializeAsync()
    {
        if (Program is { } program)
        {
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = program,
                // Containers run as root and have little shared memory; the camera is a moving picture that Chromium draws.
                Args = ["--no-sandbox", "--disable-dev-shm-usage", "--use-fake-device-for-media-stream"],
            });
        }
    }

    /// <summary>Opens a browser window without history; the test that asks is skipped where there is no Chromium.</summary>
    /// <param name="options">Size, colours, permissions.</param>
    public async Task<IBrowserContext> OpenAsync(BrowserNewContextOptions? options = null)
    {
        Assert.SkipWhen(_browser is null, "There is no Chromium on this machine: apt-get install chromium.");
        return await _browser!.NewContextAsync(options);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _playwright?.Dispose();
    }
}
