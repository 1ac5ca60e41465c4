using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MLNetExtensions.Tests.Scoring;
using MLNetExtensions.Tests.Scoring.Sessions;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Hosting;
using MLVision.MLNetExtensions.Scoring;
using TestImages;

namespace MLNetExtensions.Tests.Hosting;

public sealed class ImageClassifierServicesTests : IDisposable
{
    private readonly ImageFiles _files = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Fact]
    public void AddImageClassifier_Resolved_IsOneClassifierForAll()
    {
        using var provider = new ServiceCollection().AddImageClassifier(Model("model.onnx")).BuildServiceProvider();

        var classifier = provider.GetRequiredService<IImageClassifier>();

        Assert.Equal("green", classifier.Predict(_files.AddImage("x.png", seed: 1), Cancellation).Label);
        Assert.Same(classifier, provider.GetRequiredService<IImageClassifier>());
    }

    [Fact]
    public void AddKeyedImageClassifier_Two_AreToldApartByName()
    {
        using var provider = new ServiceCollection()
            .AddKeyedImageClassifier("english", Model("english.onnx"))
            .AddKeyedImageClassifier("german", Model("german.onnx", "rot", "grün", "blau"))
            .BuildServiceProvider();

        Assert.Equal("red", provider.GetRequiredKeyedService<IImageClassifier>("english").Labels[0]);
        Assert.Equal("rot", provider.GetRequiredKeyedService<IImageClassifier>("german").Labels[0]);
    }

    [Fact]
    public void AddImageClassifier_Configure_IsHeard()
    {
        using var provider = new ServiceCollection()
            .AddImageClassifier(Model("model.onnx"), options => options.Scoring = new ImageScoringOptions { MaxPixels = 10 })
            .BuildServiceProvider();

        Assert.Throws<ImageDataException>(
            () => provider.GetRequiredService<IImageClassifier>().Predict(_files.AddImage("x.png"), Cancellation));
    }

    [Fact]
    public void AddImageClassifier_HostWithMeters_MeasuresOnThem()
    {
        using var meters = new OwnMeters();
        using var provider = new ServiceCollection().AddSingleton<IMeterFactory>(meters).AddImageClassifier(Model("model.onnx"))
            .BuildServiceProvider();

        provider.GetRequiredService<IImageClassifier>();

        Assert.Equal("MLVision.ImageClassifier", Assert.Single(meters.Made).Name);
    }

    [Fact]
    public async Task HostStart_MissingModel_SaysSo()
    {
        await using var provider = new ServiceCollection().AddImageClassifier(Path.Combine(_files.Folder, "none.zip"))
            .BuildServiceProvider();

        var startup = provider.GetServices<IHostedService>().Single();

        await Assert.ThrowsAsync<ModelFileException>(() => startup.StartAsync(Cancellation));
    }

    [Fact]
    public async Task HealthCheck_GoodThenBadFile_IsHealthyThenDegraded()
    {
        var (path, time) = (Model("model.onnx"), new Microsoft.Extensions.Time.Testing.FakeTimeProvider());
        var change = new CancellationTokenSource();
        using var served = new ServedClassifier(
            "", new ImageClassifierServiceOptions { ModelPath = path }, new RecordingLogger(), time,
            changes: () => new Microsoft.Extensions.Primitives.CancellationChangeToken(change.Token));
        var services = new ServiceCollection().AddSingleton(typeof(ILogger<>), typeof(NullLogger<>)).AddKeyedSingleton("", served);
        services.AddHealthChecks().AddImageClassifier();
        await using var provider = services.BuildServiceProvider();
        var health = provider.GetRequiredService<HealthCheckService>();

        var before = await health.CheckHealthAsync(Cancellation);
        await File.WriteAllTextAsync(path, "no model", Cancellation);
        var fired = Interlocked.Exchange(ref change, new CancellationTokenSource());
        await fired.CancelAsync();
        time.Advance(TimeSpan.FromSeconds(2));
        var after = await health.CheckHealthAsync(Cancellation);

        Assert.Equal((HealthStatus.Healthy, HealthStatus.Degraded), (before.Status, after.Status));
        Assert.Contains(path, after.Entries["image-classifier"].Description, StringComparison.Ordinal);
        Assert.Equal("cpu", after.Entries["image-classifier"].Data["device"]);
    }

    [Fact]
    public async Task HealthCheck_NameTagsAndStatus_AreThoseGiven()
    {
        var services = new ServiceCollection().AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddKeyedImageClassifier("flowers", Path.Combine(_files.Folder, "none.zip"));
        services.AddHealthChecks().AddImageClassifier("flowers", "eyes", HealthStatus.Unhealthy, ["ready"]);
        await using var provider = services.BuildServiceProvider();

        var check = provider.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations.Single();

        Assert.Equal(("eyes", HealthStatus.Unhealthy, "ready"), (check.Name, check.FailureStatus, check.Tags.Single()));
    }

    [Fact]
    public async Task HealthCheck_NoModelAtAll_IsUnhealthy()
    {
        var services = new ServiceCollection().AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddImageClassifier(Path.Combine(_files.Folder, "none.zip"));
        services.AddHealthChecks().AddImageClassifier();
        await using var provider = services.BuildServiceProvider();

        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation);

        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        Assert.Contains("none.zip", report.Entries["image-classifier"].Description, StringComparison.Ordinal);
    }

    [Fact]
    public void ProviderDisposed_ClassifierRefuses()
    {
        var provider = new ServiceCollection().AddImageClassifier(Model("model.onnx")).BuildServiceProvider();
        var classifier = provider.GetRequiredService<IImageClassifier>();

        provider.Dispose();

        Assert.Throws<ObjectDisposedException>(() => classifier.Predict(_files.AddImage("x.png"), Cancellation));
    }

    private string Model(string name, params string[] labels) => TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, name), labels);
}
