using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MLVision.MLNetExtensions.Hosting;

/// <summary>Healthy while the newest file is in use; degraded while an older model replaces a file that cannot be loaded.</summary>
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
            ? HealthCheckResult.Degraded($"The newest model file cannot be loaded; the previous model is in use. {failure}", data: data)
            : HealthCheckResult.Healthy("The newest model file is in use.", data));
    }
}
