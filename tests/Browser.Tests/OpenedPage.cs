using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary>A page that is served and open.</summary>
internal sealed class OpenedPage : IAsyncDisposable
{
    private const float PatienceMilliseconds = 60_000;    // for a model to load on a machine that does other things, too

    private readonly IBrowserContext _context;
    private readonly StaticServer _server;
    private readonly List<string> _errors = [];
    private int _given;

    private OpenedPage(IBrowserContext context, StaticServer server, IPage page) => (_context, _server, Page) = (context, server, page);

    public IPage Page { get; }

    public string Address => _server.Address;

    /// <summary>What the page wrote to the console as errors, violations of its own policy among it.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Serves a folder and opens its page.</summary>
    /// <param name="chromium">The browser.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="options">Size, colours, permissions.</param>
    /// <param name="script">Runs in the page before its own.</param>
    /// <param name="waits">Whether to wait until the model is loaded.</param>
    public static async Task<OpenedPage> OpenAsync(
        Chromium chromium, string folder, BrowserNewContextOptions? options = null, string? script = null, bool waits = true)
    {
        var context = await chromium.OpenAsync(options);
        context.SetDefaultTimeout(PatienceMilliseconds);
        Assertions.SetDefaultExpectTimeout(PatienceMilliseconds);
        if (script is not null)
        {
            await context.AddInitScriptAsync(script);
        }

        var server = await StaticServer.StartAsync(folder);
        var opened = new OpenedPage(context, server, await context.NewPageAsync());
        opened.Page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                opened._errors.Add(message.Text);
            }
        };
        await opened.Page.GotoAsync(server.Address);
        if (waits)
        {
            await opened.WaitAsync();
        }

        return opened;
    }

    /// <summary>Waits until the model is loaded.</summary>
    public Task WaitAsync() => Page.Locator("html[data-state=ready]").WaitForAsync(new() { State = WaitForSelectorState.Attached });

    /// <summary>Chooses a file, and gives its label when it is there.</summary>
    public async Task<string> LabelAsync(string path)
    {
        await Page.EvaluateAsync("document.getElementById('status').textContent = ''");
        await Page.Locator("#file").SetInputFilesAsync(path);
        await Assertions.Expect(Page.Locator("#status")).ToContainTextAsync("Done in");
        return (await Page.Locator("#label").TextContentAsync())!;
    }

    /// <summary>Chooses a file that is made up.</summary>
    public Task ChooseAsync(string name, byte[] content) =>
        Page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = name, MimeType = "image/jpeg", Buffer = content });

    /// <summary>Gives the page a file by an event, as a browser does when something is dropped or pasted.</summary>
    /// <param name="kind">The event.</param>
    /// <param name="property">Its property that holds the file.</param>
    /// <param name="path">The file.</param>
    public Task GiveAsync(string kind, string property, string path) => Page.EvaluateAsync(
        """
        ([kind, property, bytes, name]) => {
          const data = new DataTransfer();
          data.items.add(new File([Uint8Array.from(atob(bytes), letter => letter.charCodeAt(0))], name));
          const event = new Event(kind, { bubbles: true, cancelable: true });
          Object.defineProperty(event, property, { value: data });
          document.getElementById("drop").dispatchEvent(event);
        }
        """,
        new object[] { kind, property, Convert.ToBase64String(File.ReadAllBytes(path)), $"{_given++}.png" });

    /// <summary>Takes the server away.</summary>
    public async Task StopServerAsync() => await _server.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await _context.CloseAsync();
        await _server.DisposeAsync();
    }
}
