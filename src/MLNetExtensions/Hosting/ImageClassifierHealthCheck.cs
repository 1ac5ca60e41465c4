using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MLVision.MLNetExtensions.Hosting;

/// <summary>
/// Healthy while the newest file is in use; the check's failure status while an older model replaces a file that cannot be loaded;
/// unhealthy where no model could be loaded at all.
/// </summary>
internal sealed class ImageClassifierHealthCheck(IServiceProvider services, string classifierName) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ServedClassifier served;
        try
        {
            served = services.GetRequiredKeyedService<ServedClassifier>(classifierName);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A host that starts has loaded its models; without one, this is the first to ask.
            return Task.FromResult(HealthCheckResult.Unhealthy($"No model is in use. {e.Message}", e));
        }

        var classifier = served.Classifier;
        var data = new Dictionary<string, object>
        {
            ["architecture"] = classifier.Metadata.Architecture,
            ["classes"] = classifier.Labels.Count,
            ["device"] = classifier.Device.ToString(),
        };
        return Task.FromResult(served.Failure is { } failure
            ? new HealthCheckResult(
                context.Registration.FailureStatus,
                $"The newest model file cannot be loaded; the previous model is in use. {failure}", data: data)
            : HealthCheckResult.Healthy("The newest model file is in use.", data));
    }
}
