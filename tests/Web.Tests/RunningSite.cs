using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Web.Training;

namespace Web.Tests;

/// <summary>The sample behind Kestrel at a free port of this machine, with a folder of its own for models and one to learn from.</summary>
internal sealed class RunningSite : IAsyncDisposable
{
    private readonly WebApplication _site;
    private readonly DirectoryInfo _folder;

    private RunningSite(WebApplication site, DirectoryInfo folder, Uri address)
    {
        (_site, _folder, Address) = (site, folder, address);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <summary>Where models are.</summary>
    public string ModelFolder => Path.Combine(_folder.FullName, "models");

    /// <summary>What may be learned from.</summary>
    public string Root => Path.Combine(_folder.FullName, "root");

    public TrainingRoom Room => _site.Services.GetRequiredService<TrainingRoom>();

    /// <summary>Every file that the site could have written.</summary>
    public IEnumerable<string> Files => Directory.EnumerateFiles(_folder.FullName, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(_folder.FullName, file)).Order(StringComparer.Ordinal);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts the site.</summary>
    /// <param name="model">The first model; null for none.</param>
    /// <param name="prepare">Puts files into its folder: <c>models</c> and <c>root</c>.</param>
    /// <param name="arguments">More arguments.</param>
    public static async Task<RunningSite> StartAsync(string? model, Action<string>? prepare = null, params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("web-");
        folder.CreateSubdirectory("root");
        folder.CreateSubdirectory("models");
        prepare?.Invoke(folder.FullName);
        var site = Site.Build(
        [
            "--urls", "http://127.0.0.1:0", "--Models:Folder", Path.Combine(folder.FullName, "models"), "--Training:Root",
            Path.Combine(folder.FullName, "root"), "--Logging:LogLevel:Default", "Error",
            .. model is null ? Array.Empty<string>() : ["--model", model], .. arguments,
        ]);
        await site.StartAsync(Token);
        var address = site.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new RunningSite(site, folder, new Uri(address));
    }

    /// <summary>Sends a body; returns the status and the answer, which is JSON or problem details.</summary>
    public async Task<(int Status, JsonElement Answer)> PostAsync(string path, HttpContent body)
    {
        using var response = await Client.PostAsync(path, body, Token);
        var type = response.IsSuccessStatusCode ? "application/json" : "application/problem+json";
        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Token));
    }

    /// <summary>A form of the training page with its token, as a browser without scripts sends it.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string path, params (string Name, string Value)[] fields)
    {
        var page = await Client.GetStringAsync("/training", Token);
        const string Before = "name=\"__RequestVerificationToken\" value=\"";
        var token = page[(page.IndexOf(Before, StringComparison.Ordinal) + Before.Length)..].Split('"')[0];
        using var form = new FormUrlEncodedContent(
        [
            .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)),
            KeyValuePair.Create("__RequestVerificationToken", token),
        ]);
        return await Client.PostAsync(path, form, Token);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _site.StopAsync(CancellationToken.None);
        await _site.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
