using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MLVision.AspNetCore;

namespace AspNetCore.Tests;

/// <summary>
/// An application with a classifier at <c>/predict</c> and <c>/explain</c>, behind Kestrel at a free port of this machine.
/// </summary>
internal sealed class RunningService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningService(WebApplication app, HttpClient client) => (_app, Client) = (app, client);

    public HttpClient Client { get; }

    /// <summary>Starts the application.</summary>
    /// <param name="add">Adds the classifier to the application's services.</param>
    /// <param name="options">Options of the endpoint.</param>
    public static async Task<RunningService> StartAsync(Action<IServiceCollection> add, ImageClassifierEndpointOptions? options = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        // An application's own settings do not change the names of classes.
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.DictionaryKeyPolicy = JsonNamingPolicy.KebabCaseUpper);
        add(builder.Services);
        var app = builder.Build();
        app.MapImageClassifier("/predict", options);
        app.MapImageExplanation("/explain", options);
        await app.StartAsync(TestContext.Current.CancellationToken);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new RunningService(app, new HttpClient { BaseAddress = new Uri(address) });
    }

    /// <summary>Sends a body to <c>/predict</c>; returns the status and the answer.</summary>
    public async Task<(int Status, JsonElement Answer)> PostAsync(HttpContent? body)
    {
        using var response = await Client.PostAsync("/predict", body, TestContext.Current.CancellationToken);
        var type = response.IsSuccessStatusCode ? "application/json" : "application/problem+json";
        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
