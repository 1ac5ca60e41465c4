using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MLVision.MLNetExtensions.Hosting;

/// <summary>Healthy while the newest file serves, degraded while an older model stands in for a file that cannot be loaded.</summary>
internal sealed class ImageClassifierHealthCheck(ServedClassifier served) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var classifier = served.Classifier;
        var data = new Dictionary<string, object>
        {
            ["architecture"] = classifier.Metadata.Architecture,
            ["classes"] = classifier.Labels.Count,
            ["device"] = classifier.Device.ToString(),
        };
        return Task.FromResult(served.Failure is { } failure
            ? HealthCheckResult.Degraded($"The newest model file cannot be loaded; the one before serves. {failure}", data: data)
            : HealthCheckResult.Healthy("The newest model file serves.", data));
    }
}
