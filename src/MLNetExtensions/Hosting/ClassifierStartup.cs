using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MLVision.MLNetExtensions.Hosting;

/// <summary>Loads a classifier when the host starts: a missing model stops the start, and the first request need not wait.</summary>
internal sealed class ClassifierStartup(IServiceProvider services, string name) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        services.GetRequiredKeyedService<ServedClassifier>(name);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
