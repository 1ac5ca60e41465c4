using System.Diagnostics;

namespace Integration.Tests;

/// <summary>A built web service in a process of its own, on a free port of this machine.</summary>
internal sealed class GeneratedService : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process _process;

    private GeneratedService(Process process, Uri address) => (_process, Client) = (process, new HttpClient { BaseAddress = address });

    /// <summary>Asks the service.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts a service, and waits until it says where it listens.</summary>
    /// <param name="assembly">The built app.</param>
    public static async Task<GeneratedService> StartAsync(string assembly)
    {
        var start = new ProcessStartInfo("dotnet", [assembly])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetDirectoryName(assembly),
        };
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                // What is logged later must be read, or the service would wait for a reader.
                _ = process.StandardOutput.ReadToEndAsync();
                return new GeneratedService(process, new Uri(line[(at + Listening.Length)..].Trim() + '/'));
            }
        }

        throw new InvalidOperationException("The service ended before it listened.");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
