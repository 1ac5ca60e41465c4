using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TestImages;

namespace Web.Tests;

/// <summary>What OpenTelemetry sends to a collector.</summary>
public sealed class MetricsTests
{
    [Fact]
    public async Task Stop_CollectorNamed_IsSentTheLibrarysMeasurements()
    {
        using var files = new ImageFiles();
        var received = new StringBuilder();
        await using var collector = await StartCollectorAsync(received);
        var address = collector.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Environment.SetEnvironmentVariable("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        Environment.SetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT", address);
        try
        {
            await using var site = await RunningSite.StartAsync(Given.ModelWithHeat(Path.Combine(files.Folder, "colours.onnx")));
            await site.PostAsync("/predict", Given.Form(File.ReadAllBytes(files.AddImage("x.png", seed: 1))));
        }
        finally
        {
            Environment.SetEnvironmentVariable("OTEL_EXPORTER_OTLP_PROTOCOL", null);
            Environment.SetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT", null);
        }

        Assert.Contains("image_classifier.inference.duration", received.ToString(), StringComparison.Ordinal);
        Assert.Contains("http.server.request.duration", received.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Keeps the names in what it is sent; in protobuf, texts stand as they are.</summary>
    private static async Task<WebApplication> StartCollectorAsync(StringBuilder received)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var collector = builder.Build();
        collector.MapPost("/v1/metrics", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            received.Append(Encoding.Latin1.GetString(body.ToArray()));
        });
        await collector.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }
}
