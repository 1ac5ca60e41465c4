using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MLVision.MLNetExtensions.Scoring;

namespace Web.Models;

/// <summary>One model with the library's own service around it: it is loaded again when its file changes, and measured.</summary>
/// <remarks>A service collection of its own, because models come and go, and those of an application are settled when it starts.</remarks>
internal sealed class ServedModel : IDisposable
{
    private readonly ServiceProvider _services;
    private int _uses = 1;      // the shelf's

    /// <summary>Loads the model.</summary>
    /// <exception cref="MLVision.MLNetExtensions.ImageClassificationException">Its file cannot be used.</exception>
    public ServedModel(string path, ILoggerFactory loggers, IMeterFactory meters)
    {
        Path = path;
        var services = new ServiceCollection();
        services.AddSingleton(loggers).AddSingleton(meters).AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddImageClassifier(path);
        services.AddHealthChecks().AddImageClassifier();
        _services = services.BuildServiceProvider();
        try
        {
            Classifier = (ImageClassifier)_services.GetRequiredService<IImageClassifier>();
        }
        catch
        {
            _services.Dispose();
            throw;
        }
    }

    /// <summary>Its file.</summary>
    public string Path { get; }

    /// <summary>What labels images.</summary>
    public ImageClassifier Classifier { get; }

    /// <summary>Whether its newest file is in use.</summary>
    public Task<HealthReport> CheckAsync(CancellationToken cancellationToken) =>
        _services.GetRequiredService<HealthCheckService>().CheckHealthAsync(cancellationToken);

    /// <summary>Keeps the model in memory until the use is disposed. The shelf's lock is held.</summary>
    public ModelInUse Use()
    {
        Interlocked.Increment(ref _uses);
        return new ModelInUse(this);
    }

    /// <summary>Ends a use; the last one releases the memory.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _uses) == 0)
        {
            _services.Dispose();
        }
    }

    /// <summary>Ends the shelf's use.</summary>
    public void Dispose() => Leave();
}
